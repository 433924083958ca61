using Cloud.Hub.Learning;
using Cloud.Hub.Reasoning.Fleet;
using Hmas.Contracts.Models;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Whole runs: from a fleet's experience to a signed model in the registry.</summary>
public sealed class TrainingRunTests
{
    [Fact]
    public async Task A_first_model_then_a_better_one_from_labels_are_registered_with_lineage_and_metrics()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 8), folder.Path, registry);
        await learning.BeginAsync();

        var first = await learning.TrainAsync(LearningFixture.Request("reconstruction"));
        Assert.True(first.State == RunStates.Registered, first.Message);
        var second = await learning.TrainAsync(LearningFixture.Request("anomaly-logit", first.CandidateDigest));
        Assert.True(second.State == RunStates.Registered, second.Message);
        await learning.EndAsync();

        var manifest = (await registry.FindAsync(second.CandidateDigest!, CancellationToken.None))!.Manifest;
        Assert.Equal(["Current", "Pressure", "Flow"], manifest.Channels);
        Assert.Equal(first.CandidateDigest, manifest.Lineage.ParentDigest);
        Assert.Equal(second.RunId, manifest.Lineage.RunId);
        Assert.Equal(ModelHead.AnomalyLogit, manifest.Head);
        Assert.Equal(["all", "run-03", "run-07"], manifest.Metrics.Keys.Order(StringComparer.Ordinal));
        Assert.True(second.CandidateMetrics["all"].F1 >= 0.8, $"F1 {second.CandidateMetrics["all"].F1} after F1 {second.ParentMetrics["all"].F1}: {second.Message}");
        Assert.Equal(first.CandidateMetrics["all"], second.ParentMetrics["all"]);
        Assert.Equal(10, second.LossCurve.Count);
    }

    [Theory]
    [InlineData(FleetStrategist.FirstRecipe)]
    [InlineData(FleetStrategist.LabelledRecipe)]
    [InlineData(FleetStrategist.TeacherRecipe)]
    public async Task Each_recipe_that_the_fleet_agent_asks_for_gives_a_model(string recipe)
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 8), folder.Path, registry);
        await learning.BeginAsync();
        var run = await learning.TrainAsync(LearningFixture.Request(recipe));
        await learning.EndAsync();
        Assert.True(run.State == RunStates.Registered, run.Message);
    }

    [Theory]
    [InlineData("anomaly-logit", 4, false, "recipe anomaly-logit needs both classes: ")]
    [InlineData("reconstruction", 0, true, "recipe reconstruction: no window to learn from")]
    public async Task A_run_that_the_data_cannot_carry_fails_and_says_what_is_missing(string recipe, int runs, bool isLabelled, string expected)
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs, isLabelled), folder.Path, registry);
        await learning.BeginAsync();
        var run = await learning.TrainAsync(LearningFixture.Request(recipe));
        await learning.EndAsync();
        Assert.Equal(RunStates.Failed, run.State);
        Assert.StartsWith(expected, run.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_a_restart_interrupted_goes_on_from_its_checkpoint_and_ends_the_same()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 4);
        string runId;
        await using (var learning = new LearningFixture(fleet, folder.Path, registry))
        {
            await learning.BeginAsync();
            runId = await learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
            await learning.UntilAsync(runId, progressed => progressed.Message.StartsWith("epoch 4 ", StringComparison.Ordinal));
            await learning.EndAsync();
        }

        await using var again = new LearningFixture(fleet, folder.Path, registry);
        await again.BeginAsync();
        var resumed = await again.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        var whole = await again.TrainAsync(LearningFixture.Request("reconstruction"));
        await again.EndAsync();
        Assert.Equal(RunStates.Registered, resumed.State);
        Assert.Equal(whole.LossCurve, resumed.LossCurve);
        Assert.Equal(whole.CandidateMetrics["all"], resumed.CandidateMetrics["all"]);
    }

    [Fact]
    public async Task A_cancelled_run_ends_as_cancelled_and_the_next_one_works()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 4), folder.Path, registry);
        await learning.BeginAsync();
        var runId = await learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
        await learning.UntilAsync(runId, progressed => progressed.State == RunStates.Training);
        Assert.True(await learning.Runs.CancelAsync(runId, CancellationToken.None));
        var run = await learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.Equal(RunStates.Cancelled, run.State);
        Assert.False(await learning.Runs.CancelAsync(runId, CancellationToken.None));
        Assert.Equal(RunStates.Registered, (await learning.TrainAsync(LearningFixture.Request("reconstruction"))).State);
        await learning.EndAsync();
    }
}
