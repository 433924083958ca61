using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>Each layer by itself: every parameter's gradient and every input's against central
/// differences of a random weighting of its outputs.</summary>
public sealed class LayerGradientTests
{
    private static readonly Dictionary<string, (Shape Input, Func<Layer> Layer)> Cases = new()
    {
        ["dense"] = (new(1, 7), () => new Dense(5)),
        ["convolution in time"] = (new(11, 4), () => new Conv1d(6, 3, 2, 1, 1, 2)),
        ["dilated convolution in time"] = (new(11, 3), () => new Conv1d(4, 3, 1, 2, 2)),
        ["transposed convolution in time"] = (new(5, 4), () => new ConvTranspose1d(3, 4, 2, 1, 1)),
        ["convolution on planes"] = (new(6 * 5, 2, 5), () => new Conv2d(4, 3, 2, 1)),
        ["transposed convolution on planes"] = (new(4 * 3, 3, 3), () => new ConvTranspose2d(2, 3, 2, 1, 1)),
        ["transposed convolution on planes, stride 1"] = (new(4 * 3, 2, 3), () => new ConvTranspose2d(3, 3, 1, 1)),
        ["transposed convolution on planes, kernel below stride"] = (new(3 * 3, 2, 3), () => new ConvTranspose2d(2, 2, 3)),
        ["layer norm"] = (new(5, 6), () => new LayerNorm()),
        ["layer norm on planes"] = (new(3 * 2, 5, 2), () => new LayerNorm()),
        ["batch norm"] = (new(4, 3), () => new BatchNorm()),
        ["gru"] = (new(6, 4), () => new Gru(5)),
        ["gru over one step"] = (new(1, 4), () => new Gru(3)),
        ["attention of two heads"] = (new(6, 4), () => new SelfAttention(2)),
        ["embedding"] = (new(7, 1), () => new Embedding(5, 3)),
        ["delay"] = (new(5, 3), () => new Delay()),
        ["last step"] = (new(5, 3), () => new LastStep()),
        ["dropout"] = (new(5, 3), () => new Dropout(0.3f)),
        ["mean of squares"] = (new(6 * 4, 2, 4), () => new MeanPool(2)),
        ["largest of stretches"] = (new(8, 3), () => new MaxPool(3, 2)),
        ["mean over all"] = (new(6, 3), () => new GlobalAveragePool()),
        ["flatten"] = (new(4, 3), () => new Flatten()),
        ["unflatten"] = (new(1, 12), () => new Unflatten(3)),
        ["tanh"] = (new(4, 3), () => new Activation(ActivationKind.Tanh)),
        ["sigmoid"] = (new(4, 3), () => new Activation(ActivationKind.Sigmoid)),
        ["relu"] = (new(4, 3), () => new Activation(ActivationKind.Relu)),
        ["leaky relu"] = (new(4, 3), () => new Activation(ActivationKind.LeakyRelu)),
        ["residual with projection"] = (new(4 * 4, 3, 4), () => new Residual(0, new Conv2d(3, 1))),
        ["values moved"] = (new(3, 4), () => new Reorder(new(2, 5), [0, 4, 8, 1, 5, 9, 2, 6, 10, 11])),
        ["convolution padded behind only"] = (new(9, 3), () => new Conv1d(4, 4, 1, 1, 1, 1, 2)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_layers_gradients_are_the_slopes_of_its_outputs(string name)
    {
        var (input, make) = Cases[name];
        using var probe = new LayerProbe(make(), input, seed: 7);
        probe.Run();
        var parameters = probe.ParameterGradients.ToArray();
        var inputs = probe.InputGradients.ToArray();
        for (var i = 0; i < parameters.Length; i++) Compare($"{name}, parameter {i}", parameters[i], width => probe.WithParameter(i, width));
        if (name == "embedding") return;
        for (var i = 0; i < inputs.Length; i++) Compare($"{name}, input {i}", inputs[i], width => probe.WithInput(i, width));
    }

    [Fact]
    public void An_embedding_names_a_number_that_it_does_not_have()
    {
        using var probe = new LayerProbe(new Embedding(5, 3), new Shape(4, 1), seed: 1);
        probe.SetInput(2, 5f);
        Assert.Contains("5 is not within 0 to 4", Assert.Throws<ArgumentException>(probe.Run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_to_values_far_apart_stays_finite()
    {
        using var probe = new LayerProbe(new SelfAttention(1), new Shape(4, 2), seed: 3);
        for (var i = 0; i < 8; i++) probe.SetInput(i, 1000f * (i - 3));
        probe.Run();
        Assert.All(probe.InputGradients, gradient => Assert.True(float.IsFinite(gradient)));
    }

    /// <summary>The best of some widths counts: a kink between the two ends makes one wrong, rounding another.</summary>
    private static void Compare(string what, float gradient, Func<float, double> loss)
    {
        var (best, slope) = (double.PositiveInfinity, 0.0);
        foreach (var width in new[] { 3e-2f, 1e-2f, 3e-3f })
        {
            var numeric = (loss(width) - loss(-width)) / (2.0 * width);
            if (Math.Abs(numeric - gradient) < best) (best, slope) = (Math.Abs(numeric - gradient), numeric);
        }

        Assert.True(best <= 1e-3 + (0.01 * Math.Abs(slope)), $"{what}: expected {slope}, got {gradient}");
    }
}
