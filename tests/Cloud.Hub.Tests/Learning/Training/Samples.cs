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
        new ConvTranspose1d(16, 7, 2, 3, 1), new Activation(ActivationKind.Relu), new ConvTranspose1d(32, 7, 2, 3, 1), new Activation(ActivationKind.Relu),
        new ConvTranspose1d(8, 7, 1, 3),
    ];

    public static void FillWaves(Sequence batch, int count, int seed)
    {
        var random = new Random(seed);
        for (var b = 0; b < count; b++)
        {
            var phase = random.NextDouble() * 6;
            var span = batch.SampleSpan(b);
            for (var i = 0; i < span.Length; i++) span[i] = (float)(Math.Sin(phase + (0.07 * i * (1 + (i % batch.Shape.Channels)))) + (0.2 * (random.NextDouble() - 0.5)));
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
