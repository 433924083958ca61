using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Cloud.Hub.Tests.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class Int8ChoiceTests
{
    [Theory]
    [InlineData("reconstruction")]
    [InlineData("anomaly-logit")]
    [InlineData("mahalanobis")]
    public void A_release_says_of_its_int8_model_what_the_gate_asks(string name)
    {
        var recipe = LearningRecipes.Find(name);
        var shape = new Shape(30, 6);
        using var network = new Network(shape, recipe.Layers(shape), 1);
        using var input = new Sequence(120, shape);
        Samples.FillWaves(input, 120, 4);
        var model = ModelExport.Write(OperationBuilder.Build(network), recipe, Enumerable.Range(0, 120).Select(b => Samples.ChannelMajor(input, b)));

        Assert.Empty(model.Facts.FloatProducts);
        Assert.InRange(model.Facts.LevelGap, 0, 1.01);
        Assert.InRange(model.Facts.TaskLoss, -1, 0.02);
        Assert.True(model.Facts.Settings.Headroom >= (name == "reconstruction" ? 4 : 1), model.Facts.ToString());
        // The Mahalanobis head adds a product on either side of its sum.
        var layers = network.Layers.Count(layer => layer.Parameters.Count > 0) + (recipe.Whitens ? 2 : 0);
        Assert.Equal(layers, model.Facts.Layers.Count);
        Assert.All(model.Facts.Layers, layer =>
        {
            Assert.InRange(layer.WeightSqnrDb, 20, 80);
            Assert.InRange(layer.ActivationSqnrDb, 10, 80);
            Assert.InRange(layer.SaturatedShare, 0, 0.1);
        });
        Assert.Contains(model.Facts.Lines, line => line.Contains("Gemm", StringComparison.Ordinal));
    }

    [Fact]
    public void A_residual_of_values_that_nothing_bounds_keeps_its_first_product_in_float()
    {
        var recipe = LearningRecipes.Find("reconstruction");
        var shape = new Shape(30, 6);
        using var network = new Network(shape, recipe.Layers(shape), 1);
        using var input = new Sequence(120, shape);
        Samples.FillWaves(input, 120, 4);
        var windows = Enumerable.Range(0, 120).Select(b => Samples.ChannelMajor(input, b)).ToList();
        var model = ModelExport.Write(
            OperationBuilder.Build(network), recipe with { Features = recipe.Features with { Compression = Compression.None } }, windows);
        Assert.True(model.Facts.Settings.InFloat.HasFlag(FloatEnds.First) && model.Facts.Settings.Headroom >= 8, model.Facts.ToString());
        Assert.Empty(model.Facts.FloatProducts);
    }

    /// <summary>A value that no answer depends on takes nearly all steps of the tensor it lies in.</summary>
    [Theory]
    [InlineData(false, Int8Path.FineTuned, FloatEnds.None)]
    [InlineData(true, Int8Path.Static, FloatEnds.First)]
    internal void What_ranges_from_calibration_lose_is_learnt_back_or_stays_in_float(bool inTheInput, Int8Path path, FloatEnds inFloat)
    {
        const int values = 8;
        var random = new SeededRandom(2);
        var shape = new Shape(1, values + 1);
        var hidden = new Shape(1, values + 1);
        var first = new float[(values + 1) * (values + 1)];
        for (var i = 0; i < values; i++) first[(i * (values + 1)) + i] = 1;
        first[^1] = inTheInput ? 0 : 40;
        IReadOnlyList<Operation> operations =
        [
            new DenseOperation(shape, hidden) { Weights = first, Bias = new float[values + 1] },
            new ActivationOperation(hidden, ActivationKind.Relu),
            new DenseOperation(
                hidden, new Shape(
                    1, 2)) { Weights = [.. Enumerable.Range(0, 2 * (values + 1)).Select(i => i % (values + 1) == values ? 0f : random.NextNormal())],
                        Bias = [0, 0] },
        ];
        var windows = Enumerable.Range(0, 400).Select(_ =>
        {
            var window = new float[values + 1];
            foreach (ref var value in window.AsSpan()) value = random.NextNormal();
            if (inTheInput) window[values] *= 200;
            return window;
        }).ToList();
        var (_, facts) = Int8Choice.Make(
            "hidden", operations, ModelHead.Classes, new TensorSpec("x", [1, values + 1]), new TensorSpec("y", [1, 2]), windows);

        Assert.True(facts.TaskLoss <= Int8Facts.MaxTaskLoss, facts.ToString());
        Assert.Equal((path, inFloat), (facts.Path, facts.Settings.InFloat));
        Assert.Empty(facts.FloatProducts);
        Assert.Contains(inTheInput ? "first product in float" : "fine-tuned", facts.ToString(), StringComparison.Ordinal);
    }

    /// <summary>As above, before layers that have no form that learns.</summary>
    [Fact]
    public void What_cannot_be_fine_tuned_is_named()
    {
        const int channels = 9;
        var shape = new Shape(4, channels);
        using var network = new Network(shape, [new Conv1d(channels, 1), new Gru(6), new LastStep(), new Dense(2)], 3);
        var first = new float[channels * channels];
        for (var i = 0; i < channels - 1; i++) first[(i * channels) + i] = 1;
        ((Conv1d)network.Layers[0]).Weights = first;
        var random = new SeededRandom(2);
        var windows = Enumerable.Range(0, 400).Select(_ =>
        {
            var window = new float[shape.Count];
            for (var i = 0; i < window.Length; i++) window[i] = random.NextNormal() * (i / shape.Length == channels - 1 ? 200 : 1);
            return window;
        }).ToList();
        var (_, facts) = Int8Choice.Make(
            "recurrent", OperationBuilder.Build(network), ModelHead.Classes, new TensorSpec("x", [1, channels, 4]), new TensorSpec("y", [1, 2]),
            windows);
        Assert.Equal((Int8Path.Static, FloatEnds.First), (facts.Path, facts.Settings.InFloat));
        Assert.Contains("no fine-tuning: operation 1 (GruOperation)", facts.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_gate_names_what_speaks_against_int8()
    {
        var good = new Int8Facts(new QuantizerSettings(RangeRule.MinMax, 1), Int8Path.Static, 0, 32, 1, [], []);
        Assert.Null(good.Refusal());
        Assert.Contains("30.0 dB", (good with { SqnrDb = 30 }).Refusal(), StringComparison.Ordinal);
        Assert.Null((good with { SqnrDb = 27.5, Settings = new QuantizerSettings(RangeRule.MinMax, 2) }).Refusal());
        Assert.Equal(27 - (20 * Math.Log10(2)), (good with { Settings = new QuantizerSettings(RangeRule.MinMax, 4) }).SqnrLimitDb, 9);
        Assert.Contains("0.0030", (good with { TaskLoss = 0.003 }).Refusal(), StringComparison.Ordinal);
        Assert.Contains("2.0 steps", (good with { LevelGap = 2 }).Refusal(), StringComparison.Ordinal);
        Assert.Contains("Conv t4", (good with { FloatProducts = ["Conv t4"] }).Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_area_counts_ties_half_and_everything_in_order_as_one()
    {
        Assert.Equal(1, AreaUnderCurve.Of([3, 4], [1, 2]));
        Assert.Equal(0.5, AreaUnderCurve.Of([2, 2], [2, 2, 2]));
        Assert.Equal(0.75, AreaUnderCurve.Of([1, 4], [0, 2]));
    }
}
