using Cloud.Hub.Learning.Datasets;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class RunSplitTests
{
    [Theory]
    [InlineData(3, 0, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(8, 2, 0)]
    [InlineData(9, 2, 1)]
    [InlineData(100, 25, 12)]
    public void A_quarter_is_held_out_and_an_eighth_judges_the_epochs(int runs, int heldOut, int validation)
    {
        var parts = RunSplit.Assign(new Dictionary<string, RunPart>(), Names(runs));
        Assert.Equal(
            (runs, heldOut, validation),
            (parts.Count, parts.Values.Count(p => p == RunPart.HeldOut), parts.Values.Count(p => p == RunPart.Validation)));
    }

    [Fact]
    public void A_part_is_settled_once_whatever_comes_later()
    {
        var known = new Dictionary<string, RunPart>();
        for (var runs = 1; runs <= 60; runs += 7)
        {
            var before = known.ToDictionary();
            foreach (var (run, part) in RunSplit.Assign(known, Names(runs).Reverse())) known.Add(run, part);
            Assert.All(before, pair => Assert.Equal(pair.Value, known[pair.Key]));
            Assert.Equal(runs / 4, known.Values.Count(part => part == RunPart.HeldOut));
        }
    }

    [Theory]
    [InlineData("valve-1", nameof(RunPart.Fit), nameof(RunPart.HeldOut))]
    [InlineData("pump-1", nameof(RunPart.HeldOut), nameof(RunPart.Fit))]
    [InlineData("pump-1", nameof(RunPart.Validation), nameof(RunPart.Validation))]
    public void Patterns_stand_above_the_remembered_split(string run, string remembered, string expected) =>
        Assert.Equal(expected, $"{RunSplit.PartOf(run, Enum.Parse<RunPart>(remembered), ["valve-*"])}");

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"run-{i:000}");
}
