using Cloud.Hub.Learning.Active;

namespace Cloud.Hub.Tests.Learning.Active;

public sealed class WindowChoiceTests
{
    [Fact]
    public void The_margin_is_one_where_two_classes_are_alike_and_nothing_where_one_is_certain()
    {
        Assert.Equal(1, WindowChoice.Margin([2, 2, -5]), 6);
        Assert.Equal(0, WindowChoice.Margin([100, -100, -100]), 6);
        Assert.Equal(1 - Math.Tanh(0.5), WindowChoice.Margin([1, 0]), 6);
    }

    [Fact]
    public void Of_the_windows_that_the_model_is_least_sure_of_one_of_each_kind_is_asked_for()
    {
        // Three kinds of unsure windows, the first with many copies, and sure ones far away.
        float[][] features = [
            .. Enumerable.Repeat(new float[] { 0, 0 }, 8), [5, 0], [0, 5], .. Enumerable.Range(0, 30).Select(i => new float[] { 50 + i, 50 })];
        double[] uncertainty = [.. Enumerable.Repeat(0.9, 8), 0.8, 0.8, .. Enumerable.Repeat(0.1, 30)];
        var chosen = WindowChoice.Choose(features[..15], uncertainty[..15], 3);
        Assert.Equal(3, chosen.Count);
        Assert.Equal(3, chosen.Select(i => string.Join(' ', features[i])).Distinct().Count());
    }

    [Theory]
    [InlineData(0, 5, 0)]
    [InlineData(3, 5, 3)]
    [InlineData(30, 0, 0)]
    [InlineData(30, 7, 7)]
    public void As_many_are_chosen_as_were_asked_for_while_there_are_so_many(int windows, int count, int expected)
    {
        var random = new Random(1);
        float[][] features = [.. Enumerable.Range(0, windows).Select(_ => new[] { (float)random.NextDouble(), (float)random.NextDouble() })];
        var chosen = WindowChoice.Choose(features, [.. features.Select(_ => random.NextDouble())], count);
        Assert.Equal(expected, chosen.Distinct().Count());
    }
}
