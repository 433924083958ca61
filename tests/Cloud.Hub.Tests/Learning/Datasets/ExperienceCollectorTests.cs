using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Tests.Learning.Service;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class ExperienceCollectorTests
{
    private static readonly CollectRequest Everything = new() { Excluded = ["Temperature"], MaxRows = 1_000_000, Seed = 1 };

    [Fact]
    public async Task When_the_rows_are_more_than_may_be_read_the_newest_are_there_and_older_ones_are_drawn_with_their_calibration()
    {
        var fleet = new SimulatedFleet(runs: 40);
        var all = await Collector(fleet).CollectAsync(Everything, default);
        var some = await Collector(fleet).CollectAsync(Everything with { MaxRows = 8_000 }, default);
        Assert.Equal(40, all.Runs.Count);
        Assert.Equal(all.Runs.Single(run => run.RunId == "run-39").Count, some.Runs.Single(run => run.RunId == "run-39").Count);
        Assert.All(some.Runs, run => Assert.True(run.CalibrationRows().Length / run.Channels >= 360, $"{run.RunId} came without its calibration"));
        var older = some.Runs.Where(run => string.CompareOrdinal(run.RunId, "run-30") < 0).ToList();
        Assert.InRange(older.Count, 10, 30);
        Assert.True(some.Runs.Sum(run => run.Segments().SelectMany(rows => rows).Count(row => !row.IsCalibration)) < 8_000);
    }

    [Fact]
    public async Task Within_the_same_bounds_the_same_is_read_and_what_the_parent_did_not_know_is_new()
    {
        var fleet = new SimulatedFleet(runs: 4);
        var before = await Collector(fleet).CollectAsync(Everything, default);
        fleet.AddRun("later", isLabelled: true, shift: 8f, new Random(7));
        var again = await Collector(fleet).CollectAsync(Everything with { Bounds = before.Bounds }, default);
        Assert.Equal(before.Digest(before.Runs), again.Digest(again.Runs));

        var next = await Collector(fleet).CollectAsync(Everything with { Known = before.Bounds }, default);
        Assert.Equal(
            ["later"], next.Runs.Where(run => run.Segments().SelectMany(rows => rows).Any(row => next.IsNew(run, row))).Select(run => run.RunId));
        // Labels that came later make their rows new as well.
        var unlabelled = await Collector(fleet)
            .CollectAsync(Everything with { Known = new DatasetBounds(before.Bounds.LastExperienceId, 0) }, default);
        Assert.Equal(5, unlabelled.Runs.Count(run => run.Segments().SelectMany(rows => rows).Any(row => unlabelled.IsNew(run, row))));
    }

    [Fact]
    public async Task An_archive_without_experience_gives_no_run()
    {
        var nothing = await Collector(new SimulatedFleet(runs: 0)).CollectAsync(Everything, default);
        Assert.Empty(nothing.Runs);
        Assert.Equal(new DatasetBounds(0, 0), nothing.Bounds);
    }

    private static ExperienceCollector Collector(SimulatedFleet fleet) => new(fleet, fleet, fleet);
}
