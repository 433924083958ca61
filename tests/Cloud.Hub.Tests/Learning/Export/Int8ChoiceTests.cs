using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Tests.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Export;

public sealed class Int8ChoiceTests
{
    [Theory]
    [InlineData("reconstruction")]
    [InlineData("anomaly-logit")]
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
        var layers = network.Layers.Count(layer => layer.Parameters.Count > 0);
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
    public void The_gate_names_what_speaks_against_int8()
    {
        var good = new Int8Facts(new QuantizerSettings(RangeRule.MinMax, 1), 0, 32, 1, [], []);
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
