using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class QuantizationTests
{
    [Fact]
    public void Rounding_in_turn_loses_less_of_the_answers_than_rounding_each_weight_for_itself()
    {
        const int length = 24;
        var random = new SeededRandom(3);
        float[] weights = [.. Enumerable.Range(0, length).Select(_ => random.NextNormal())];
        // Neighbours in time resemble each other: what one weight loses another can make up for.
        var second = new double[length * length];
        for (var i = 0; i < second.Length; i++) second[i] = Math.Pow(0.9, Math.Abs((i / length) - (i % length)));
        var (nearest, best) = (new sbyte[length], new sbyte[length]);
        var plain = Error(weights, nearest, WeightRounding.Nearest(weights, nearest), second);
        var inTurn = Error(
            weights, best, new WeightRounding(length, (double[])second.Clone(), 1).Best(weights, best, pairs: false, least: 0), second);
        Assert.True(inTurn < 0.25 * plain, $"expected less than a quarter of {plain}, got {inTurn}");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void No_pair_of_weights_leaves_16_bits_where_targets_lack_vnni(int kernel)
    {
        // All large and of one sign: every pair would leave them.
        float[] weights = [.. Enumerable.Range(0, 30).Select(i => 1f - (0.01f * i))];
        var rounding = new WeightRounding(weights.Length, null, kernel);
        var quantized = new sbyte[weights.Length];
        WeightRounding.Nearest(weights, quantized);
        Assert.True(rounding.Saturates(quantized));
        var scale = rounding.Best(weights, quantized, pairs: true, least: 0);
        Assert.False(rounding.Saturates(quantized));
        for (var i = 0; i < weights.Length; i++)
            Assert.True(Math.Abs(weights[i] - (scale * quantized[i])) < 0.02, $"weight {i}: expected {weights[i]}, got {scale * quantized[i]}");
    }

    [Fact]
    public void A_bias_too_large_for_32_bits_raises_the_scale()
    {
        float[] weights = [0.001f, -0.002f];
        var quantized = new sbyte[2];
        Assert.Equal(0.5f, new WeightRounding(2, null, 1).Best(weights, quantized, pairs: true, least: 0.5f));
    }

    [Fact]
    public void Equal_channels_answer_as_before_and_have_one_range()
    {
        using var network = new Network(
            new Shape(24, 3),
            [new Conv1d(6, 3, 1, 1), new Activation(ActivationKind.Relu), new MaxPool(2), new Flatten(), new Dense(8),
                new Activation(ActivationKind.Relu), new Dense(2)], 5);
        var operations = OperationBuilder.Build(network);
        using var input = new Sequence(40, network.Input);
        Samples.FillWaves(input, 40, 2);
        var windows = Enumerable.Range(0, 40).Select(b => Samples.ChannelMajor(input, b)).ToList();
        var equal = Equalisation.Apply(operations, windows);
        var (before, after) = (new OperationRun(operations), new OperationRun(equal));
        var largest = new float[6];
        foreach (var window in windows)
        {
            window.CopyTo(before.Input);
            window.CopyTo(after.Input);
            before.Run();
            after.Run();
            for (var i = 0; i < 2; i++) Assert.Equal(before.Output[i], after.Output[i], 1e-4f);
            for (var i = 0; i < after.Tensors[2].Length; i++) largest[i / 24] = Math.Max(largest[i / 24], after.Tensors[2][i]);
        }

        Assert.All(largest.Where(size => size > 0), size => Assert.Equal(largest.Max(), size, 1e-4f));
    }

    [Fact]
    public void A_histogram_that_grows_keeps_its_counts_and_finds_what_is_rare()
    {
        var histogram = new GrowingHistogram();
        for (var i = 0; i < 1000; i++) histogram.Add([0.5f, -0.25f], -0.25f, 0.5f);
        histogram.Add([100f], 100f, 100f);
        var (min, max) = histogram.Percentile(0.001);
        Assert.InRange(min, -0.5f, -0.25f);
        Assert.InRange(max, 0.5f, 0.75f);
        // Clipping one value of 2,001 by 99.5 costs more than steps of 100 / 255.
        Assert.True(histogram.Error(-0.25f, 100f) < histogram.Error(-0.25f, 0.5f));
    }

    private static double Error(float[] weights, sbyte[] quantized, float scale, double[] second)
    {
        var length = weights.Length;
        var sum = 0.0;
        for (var i = 0; i < second.Length; i++)
            sum += second[i] * (weights[i / length] - (scale * quantized[i / length])) * (weights[i % length] - (scale * quantized[i % length]));
        return sum;
    }
}
