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
        var parts = RunSplit.Assign(new Dictionary<string, RunPart>(), [.. Names(runs).Select(Alone)]);
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
            foreach (var (run, part) in RunSplit.Assign(known, [.. Names(runs).Reverse().Select(Alone)])) known.Add(run, part);
            Assert.All(before, pair => Assert.Equal(pair.Value, known[pair.Key]));
            Assert.Equal(runs / 4, known.Values.Count(part => part == RunPart.HeldOut));
        }
    }

    [Theory]
    [InlineData("valve-1", nameof(RunPart.Fit), nameof(RunPart.HeldOut))]
    [InlineData("pump-1", nameof(RunPart.HeldOut), nameof(RunPart.Fit))]
    [InlineData("pump-1", nameof(RunPart.Validation), nameof(RunPart.Validation))]
    public void Patterns_stand_above_the_remembered_split(string run, string remembered, string expected) =>
        Assert.Equal(
            expected, $"{RunSplit.PartOf([run], [run], new Dictionary<string, RunPart> { [run] = Enum.Parse<RunPart>(remembered) }, ["valve-*"])}");

    [Fact]
    public void Runs_that_stay_together_have_one_part_and_one_that_comes_late_takes_it()
    {
        var known = new Dictionary<string, RunPart>();
        string[][] lives = [.. Enumerable.Range(0, 40).Select(life => new[] { $"run-{life:00}-a", $"run-{life:00}-b", $"run-{life:00}-c" })];
        foreach (var (run, part) in RunSplit.Assign(known, [.. lives.Select(life => new SplitGroup(life[..2]))])) known.Add(run, part);
        Assert.Equal(80 / 4, known.Values.Count(part => part == RunPart.HeldOut));
        foreach (var (run, part) in RunSplit.Assign(known, [.. lives.Select(life => new SplitGroup(life))])) known.Add(run, part);
        Assert.All(lives, life => Assert.Single(life.Select(run => known[run]).Distinct()));
    }

    [Fact]
    public void A_life_whose_runs_were_parted_before_is_learnt_from_and_a_pattern_holds_out_all_of_it()
    {
        var known = new Dictionary<string, RunPart> { ["run-1"] = RunPart.HeldOut, ["run-2"] = RunPart.Fit };
        Assert.Equal(RunPart.Fit, RunSplit.PartOf(["run-1", "run-2"], ["run-1", "run-2"], known, []));
        Assert.Equal(RunPart.HeldOut, RunSplit.PartOf(["run-1", "run-2"], ["run-1", "run-2"], known, ["*-2"]));
    }

    [Theory]
    [InlineData(4, 40)]
    [InlineData(4, 400)]
    [InlineData(7, 100)]
    public void Of_few_faults_among_many_blocks_some_are_held_out_and_some_learnt_from(int faulty, int blocks)
    {
        var parts = RunSplit.Assign(
            new Dictionary<string, RunPart>(), [.. Names(blocks).Select((name, i) => new SplitGroup([name], i < faulty ? "leak" : null))]);
        var ofFaults = Names(faulty).Select(name => parts[name]).ToList();
        Assert.Equal(faulty / 4, ofFaults.Count(part => part == RunPart.HeldOut));
        Assert.Contains(RunPart.Fit, ofFaults);
        Assert.Equal((blocks - faulty) / 4, parts.Values.Count(part => part == RunPart.HeldOut) - (faulty / 4));
    }

    [Fact]
    public void The_first_of_each_kind_of_fault_is_learnt_from_and_of_four_of_a_kind_one_is_held_out()
    {
        string[] kinds = ["leak", "valve", "cavitation"];
        var known = new Dictionary<string, RunPart>();
        for (var n = 1; n <= 5; n++)
        {
            SplitGroup[] groups = [.. kinds.SelectMany(kind => Enumerable.Range(0, n).Select(i => new SplitGroup([$"{kind}-{i}"], kind)))];
            foreach (var (name, part) in RunSplit.Assign(known, groups)) known.Add(name, part);
            Assert.All(kinds, kind => Assert.Contains(RunPart.Fit, PartsOf(kind)));
            Assert.True(known.Values.Count(part => part == RunPart.HeldOut) >= 3 * n / 4);
            if (n >= 4) Assert.All(kinds, kind => Assert.Contains(RunPart.HeldOut, PartsOf(kind)));
        }

        IEnumerable<RunPart> PartsOf(string kind) =>
            known.Where(pair => pair.Key.StartsWith(kind, StringComparison.Ordinal)).Select(static pair => pair.Value);
    }

    private static SplitGroup Alone(string run) => new([run]);

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"run-{i:000}");
}
