using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Datasets;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Machines that never stop: each has one run, of which some is learnt from and some is held out.</summary>
public sealed class EndlessRunTests
{
    private const int Rows = 10_000;

    [Fact]
    public async Task Three_endless_runs_with_answered_faults_give_a_better_model_that_was_judged_on_faults_it_never_saw()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 3, isLabelled: false);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("reconstruction"));
        Assert.True(first.State == RunStates.Registered, first.Message);
        Assert.Empty(await learning.Runs.FaultsAsync(default));

        for (var pump = 1; pump <= 3; pump++)
            fleet.AddEndless($"pump-{pump}", $"endless-{pump}", Rows, seed: pump, (3_000, "leak"), (5_500, "valve"), (8_000, "leak"));
        var faults = await learning.Runs.FaultsAsync(default);
        Assert.Equal((9, 6), (faults.Count, faults.Count(static fault => fault.Fault == "leak")));
        Assert.Equal(9, faults.Select(static fault => (fault.DeviceId, fault.Block)).Distinct().Count());

        var second = await learning.TrainAsync(LearningFixture.Request("anomaly-logit", first.CandidateDigest));
        await learning.EndAsync();
        Assert.True(second.State == RunStates.Registered, second.Message);
        var (now, before) = (second.CandidateMetrics["all"], second.ParentMetrics["all"]);
        Assert.True(now.F1 > before.F1, $"F1 {now.F1} after {before.F1}: {second.Message}");
        Assert.True(now.AnomalousRows > 0 && now.AnomalousRows < now.Rows);

        var runs = (await learning.Runs.DatasetsAsync(second.RunId, default)).ToDictionary(
            static part => part.Part, static part => part.Sources.Select(static source => source.MachineRun));
        Assert.Contains(runs["fitted"].Intersect(runs["held-out"]), static run => run.StartsWith("endless", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_better_model_is_not_fitted_while_no_fault_is_left_to_judge_it_by()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 3, isLabelled: false);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("reconstruction"));
        fleet.AddEndless("pump-1", "endless", Rows, seed: 1, (3_000, "leak"), (3_000 + (2 * RunBlocks.Rows), "valve"));
        var second = await learning.TrainAsync(LearningFixture.Request("anomaly-logit", first.CandidateDigest));
        await learning.EndAsync();
        Assert.Equal(RunStates.Failed, second.State);
        Assert.Contains("no confirmed fault is left to judge by", second.Message, StringComparison.Ordinal);
        Assert.Empty(second.LossCurve);
    }
}
