using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>Networks and batches that several tests share.</summary>
internal static class Samples
{
    /// <summary>The convolutional autoencoder of the figures: windows of 60 rows, 8 channels.</summary>
    public static List<Layer> ConvAutoencoder() =>
    [
        new Conv1d(32, 7, 2, 3), new Activation(ActivationKind.Relu), new Conv1d(16, 7, 2, 3), new Activation(ActivationKind.Relu),
        new ConvTranspose1d(16, 7, 2, 3, 1), new Activation(ActivationKind.Relu), new ConvTranspose1d(32, 7, 2, 3, 1),
        new Activation(ActivationKind.Relu),
        new ConvTranspose1d(8, 7, 1, 3),
    ];

    /// <summary>A small residual network on planes: every kind of layer of the ResNet-8 of the figures.</summary>
    public static List<Layer> Residual() =>
    [
        new Conv2d(4, 3, padding: 1), new BatchNorm(), new Activation(ActivationKind.Relu),
        new Conv2d(4, 3, padding: 1), new BatchNorm(), new Activation(ActivationKind.Relu), new Conv2d(4, 3, padding: 1), new BatchNorm(),
        new Residual(5), new Activation(ActivationKind.Relu),
        new Conv2d(6, 3, 2, 1), new BatchNorm(), new Activation(ActivationKind.Relu), new Conv2d(6, 3, padding: 1), new BatchNorm(),
        new Residual(5, new Conv2d(6, 1, 2)), new Activation(ActivationKind.Relu), new GlobalAveragePool(), new Dense(4),
    ];

    /// <summary>The same layers without kinks, for numeric gradients.</summary>
    public static List<Layer> Smooth(List<Layer> layers) =>
        [.. layers.Where(layer => layer is not MaxPool).Select(layer => layer is Activation ? new Activation(ActivationKind.Tanh) : layer)];

    /// <summary>Convolution, pooling and dense layers on planes.</summary>
    public static List<Layer> PlaneClassifier() =>
    [
        new Conv2d(6, 3, padding: 1), new Activation(ActivationKind.Relu), new MaxPool(2), new Conv2d(9, 3, padding: 2, dilation: 2, groups: 3),
        new Activation(ActivationKind.Tanh),
        new MaxPool(3, 2), new Flatten(), new Dense(4),
    ];

    public static void FillWaves(Sequence batch, int count, int seed)
    {
        var random = new Random(seed);
        for (var b = 0; b < count; b++)
        {
            var phase = random.NextDouble() * 6;
            var span = batch.SampleSpan(b);
            for (var i = 0; i < span.Length; i++)
                span[i] = (float)(Math.Sin(phase + (0.07 * i * (1 + (i % batch.Shape.Channels)))) + (0.2 * (random.NextDouble() - 0.5)));
        }
    }

    /// <summary>One sample as the exported graph has it: (C, L).</summary>
    public static float[] ChannelMajor(Sequence batch, int sample)
    {
        var (length, channels) = (batch.Shape.Length, batch.Shape.Channels);
        var source = batch.SampleSpan(sample);
        var result = new float[source.Length];
        for (var i = 0; i < result.Length; i++) result[(i % channels * length) + (i / channels)] = source[i];
        return result;
    }
}
