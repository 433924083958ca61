using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Learning.Training.Losses;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>Every hand-written gradient against central differences.</summary>
public sealed class GradientTests
{
    private const int Batch = 37;

    private static readonly Dictionary<string, (Shape Input, Func<List<Layer>> Layers, Func<Loss> Loss)> Cases = new()
    {
        ["dense, mse"] = (new(1, 9), () => [new Dense(7), new Activation(ActivationKind.Tanh), new Dense(3)], () => new MeanSquaredError()),
        ["conv autoencoder"] = (new(60, 8), Samples.ConvAutoencoder, () => new MeanSquaredError()),
        ["stride 3, output padding, huber"] = (new(23, 5),
            () => [new Conv1d(7, 5, 3, 2), new Activation(ActivationKind.Tanh), new ConvTranspose1d(4, 4, 3, 1, 2),
                new Activation(ActivationKind.Sigmoid)], () => new Huber(0.3f)),
        ["dilation, also with stride"] = (
            new(31, 4), () => [new Conv1d(6, 3, 1, 4, 4), new Activation(ActivationKind.Tanh), new Conv1d(5, 3, 2, 2, 2)],
            () => new MeanSquaredError()),
        ["groups and depthwise"] = (new(20, 6),
            () => [new Conv1d(12, 3, 2, 1, 1, 3), new Activation(ActivationKind.Tanh), new Conv1d(12, 3, 1, 1, 1, 12), new Conv1d(4, 3, 1, 2, 2, 2)],
            () => new MeanSquaredError()),
        ["batch norm, flatten, softmax"] = (new(12, 3),
            () => [new Conv1d(5, 3, 1, 1), new BatchNorm(), new Activation(ActivationKind.Tanh), new Flatten(), new Dense(17), new BatchNorm(),
                new Activation(ActivationKind.Tanh), new Dense(4)],
            () => new SoftmaxCrossEntropy([1f, 2f, 0.5f, 1f], 0.1f)),
        ["dropout, pooling, binary"] = (new(12, 3),
            () => [new Dropout(0.2f), new Conv1d(5, 3, 1, 1), new Activation(ActivationKind.Tanh), new GlobalAveragePool(), new Dense(1)],
            () => new BinaryCrossEntropy(3f, 0.1f)),
        ["plane, dilation, groups"] = (new(8 * 10, 2, 10), () => Samples.Smooth(Samples.PlaneClassifier()), () => new SoftmaxCrossEntropy()),
        ["residual on planes"] = (new(6 * 6, 3, 6), () => Samples.Smooth(Samples.Residual()), () => new SoftmaxCrossEntropy()),
        ["residual in time with projection"] = (new(12, 3),
            () => [new Conv1d(4, 3, 1, 1), new Activation(ActivationKind.Tanh), new Conv1d(5, 3, 2, 1), new Residual(3, new Conv2d(5, 1, 2)),
                new MaxPool(2), new Flatten(), new Dense(3)],
            () => new MeanSquaredError()),
        ["means of overlapping squares, quantiles"] = (
            new(6 * 7, 2, 7),
            () => [new Conv2d(4, 3, padding: 1), new Activation(ActivationKind.Tanh), new MeanPool(3, 2), new Flatten(), new Dense(3)],
            () => new Quantile(0.1f, 0.5f, 0.9f)),
        ["contrastive"] = (
            new(6, 3), () => [new Flatten(), new Dense(11), new Activation(ActivationKind.Tanh), new Dense(5)], () => new Contrastive(0.5f)),
        ["recurrent"] = (new(9, 3), () => [new Gru(6), new Gru(4), new LastStep(), new LayerNorm(), new Dense(2)], () => new MeanSquaredError()),
        ["attention, residual, layer norm"] = (
            new(7, 4), () => [new SelfAttention(2), new Residual(1), new LayerNorm(), new GlobalAveragePool(), new Dense(2)],
            () => new MeanSquaredError()),
        ["plane autoencoder"] = (
            new(6 * 8, 2, 8), () => [new Conv2d(4, 3, 2, 1), new Activation(ActivationKind.Tanh), new ConvTranspose2d(2, 3, 2, 1, 1)],
            () => new MeanSquaredError()),
        ["leaky relu, unflatten"] = (
            new(6, 3), () => [new Flatten(), new Dense(11), new Activation(ActivationKind.LeakyRelu), new Dense(18), new Unflatten(3)],
            () => new MeanSquaredError()),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_gradient_is_what_the_loss_does_when_a_value_moves(string name)
    {
        var (input, layers, makeLoss) = Cases[name];
        var loss = makeLoss();
        using var network = new Network(input, layers(), 3);
        using var run = new NetworkRun(network, Batch, 2);
        using var target = new Sequence(Batch, loss.TargetOf(network.Output));
        Samples.FillWaves(run.Input, Batch, 5);
        for (var b = 0; b < Batch; b++)
        {
            var t = target.SampleSpan(b);
            for (var i = 0; i < t.Length; i++)
                t[i] = loss is SoftmaxCrossEntropy or Contrastive ? b % 4 : loss is BinaryCrossEntropy ? b % 2 : 0.5f + (0.4f * MathF.Sin(b + i));
        }

        run.Step(Batch, loss, target, 9);
        var gradients = run.Gradients.ToArray();
        var random = new Random(1);
        for (var trial = 0; trial < 80; trial++)
        {
            var i = random.Next(network.ParameterCount);
            var value = network.Values[i];

            // A kink between the two ends makes one width wrong; a slope that no width shows is wrong.
            var best = double.PositiveInfinity;
            var numeric = 0.0;
            foreach (var width in new[] { 2e-2f, 5e-3f, 1e-3f })
            {
                var slope = (At(value + width) - At(value - width)) / (2.0 * width);
                if (!(Math.Abs(slope - gradients[i]) < best)) continue;
                best = Math.Abs(slope - gradients[i]);
                numeric = slope;
            }

            network.Values[i] = value;
            Assert.True(best <= 2e-4 + (0.01 * Math.Abs(numeric)), $"{name}, {network.Describe(i)}: expected {numeric}, got {gradients[i]}");

            double At(float moved)
            {
                network.Values[i] = moved;
                network.Prepare();
                return run.Step(Batch, loss, target, 9);
            }
        }
    }

    [Fact]
    public void A_label_outside_the_classes_is_named_before_anything_is_counted()
    {
        var loss = new SoftmaxCrossEntropy([1f, 2f]);
        using var network = new Network(new Shape(1, 3), [new Dense(2)], 1);
        using var target = new Sequence(2, loss.TargetOf(network.Output));
        target.SampleSpan(1)[0] = 2;
        Assert.Contains(
            "label 2 is outside the 2 classes", Assert.Throws<ArgumentException>(() => loss.Prepare(2, target)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => loss.TargetOf(new Shape(1, 3)));
    }
}
