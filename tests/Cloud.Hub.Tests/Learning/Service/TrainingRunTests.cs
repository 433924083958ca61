using System.Globalization;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Reasoning.Fleet;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

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
        Assert.Contains("guarded by ", second.Message, StringComparison.Ordinal);
        Assert.Matches(@"^F1 0\.\d{3} \(1 is perfect\) on [\d,]+ rows that no training saw, the model before it F1 0\.\d{3}", second.Verdict);
        Assert.DoesNotContain("int8", second.Verdict, StringComparison.Ordinal);
        await learning.EndAsync();

        var manifest = (await registry.FindAsync(second.CandidateDigest!, CancellationToken.None))!.Manifest;
        Assert.Equal(["Current", "Pressure", "Flow"], manifest.Channels);
        Assert.Equal(first.CandidateDigest, manifest.Lineage.ParentDigest);
        Assert.Equal(second.RunId, manifest.Lineage.RunId);
        Assert.Equal(ModelHead.AnomalyLogit, manifest.Head);
        Assert.Equal(["generic"], manifest.HardwareClasses);
        // Two held-out runs, their device, and all.
        Assert.Equal(4, manifest.Metrics.Count);
        Assert.Equal(first.CandidateMetrics.Keys, manifest.Metrics.Keys);
        Assert.True(
            second.CandidateMetrics["all"].F1 >= 0.8,
            $"F1 {second.CandidateMetrics["all"].F1} after F1 {second.ParentMetrics["all"].F1}: {second.Message}");
        Assert.Equal(first.CandidateMetrics["all"], second.ParentMetrics["all"]);
        Assert.Equal(10, second.LossCurve.Count);

        // The package proves itself: rows of a held-out run, and what this very model answers to them.
        var package = ModelPackage.Open(
            (await registry.PackageAsync(second.CandidateDigest!, CancellationToken.None))!.Value, second.CandidateDigest!, new PackageLimits());
        var probe = package.Manifest.Probe!;
        Assert.InRange(probe.Rows.Length, 1, 48 << 10);
        Assert.InRange(probe.Answers.Count, 2, 16);
        Assert.InRange(probe.Tolerance, 1e-3, 0.2);
        using (var detector = new Detector(package.Manifest, package.Onnx.Span, new SessionSettings())) ProbeRun.Verify(detector);
        var foreign = ModelPackage.Open(
            (await registry.PackageAsync(first.CandidateDigest!, CancellationToken.None))!.Value, first.CandidateDigest!, new PackageLimits());
        using var wrong = new Detector(foreign.Manifest with { Probe = probe }, foreign.Onnx.Span, new SessionSettings());
        Assert.Equal("Probe", Assert.Throws<InferenceException>(() => ProbeRun.Verify(wrong)).Code);
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
    public async Task A_run_that_a_restart_interrupted_goes_on_with_the_data_it_began_with_whatever_arrived_since()
    {
        using var folder = new TempFolder();
        using var other = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 4);
        var runId = await InterruptedAsync(fleet, folder, registry, epoch: 4);
        fleet.AddRun("run-later", isLabelled: true, shift: 8f, new Random(99));
        await using var again = new LearningFixture(fleet, folder.Path, registry);
        await again.BeginAsync();
        var firstEpoch = "";
        var resumed = await again.UntilAsync(runId, progressed =>
        {
            if (firstEpoch.Length == 0 && progressed.Message.StartsWith("epoch ", StringComparison.Ordinal)) firstEpoch = progressed.Message;
            return RunStates.HasEnded(progressed.State);
        });
        await again.EndAsync();
        Assert.True(resumed.State == RunStates.Registered, resumed.Message);
        Assert.True(int.Parse(firstEpoch.Split(' ')[1], CultureInfo.InvariantCulture) > 4, $"the fit began anew: {firstEpoch}");

        await using var untouched = new LearningFixture(new SimulatedFleet(runs: 4), other.Path, registry);
        await untouched.BeginAsync();
        var whole = await untouched.TrainAsync(LearningFixture.Request("reconstruction"));
        await untouched.EndAsync();
        Assert.Equal(whole.LossCurve, resumed.LossCurve);
        Assert.Equal(whole.DataDigests, resumed.DataDigests);
        Assert.Equal(whole.CandidateMetrics["all"], resumed.CandidateMetrics["all"]);
    }

    [Fact]
    public async Task A_damaged_checkpoint_makes_the_fit_begin_anew()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 4);
        var runId = await InterruptedAsync(fleet, folder, registry, epoch: 2);
        await using (var connection = new SqliteConnection($"Data Source={folder.File("learning.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE checkpoint SET body = substr(body, 1, length(body) - 9)";
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await using var again = new LearningFixture(fleet, folder.Path, registry);
        await again.BeginAsync();
        var run = await again.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        await again.EndAsync();
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.Equal(12, run.LossCurve.Count);
    }

    [Fact]
    public async Task Rows_that_hold_no_number_are_left_out_and_a_constant_channel_does_no_harm()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 8);
        fleet.AddRun("run-nan", isLabelled: true, shift: 8f, new Random(5), (row, values) => values[1] = row % 50 == 7 ? float.NaN : values[1]);
        fleet.AddRun("run-constant", isLabelled: true, shift: 8f, new Random(6), (_, values) => values[3] = 2.5f);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var (run, told) = await TrainTellingAsync(learning, LearningFixture.Request("anomaly-logit"));
        await learning.EndAsync();
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.Contains("rows left out: a value is no number", told, StringComparison.Ordinal);
        Assert.All(run.LossCurve, loss => Assert.True(double.IsFinite(loss)));
    }

    [Fact]
    public async Task A_second_round_replays_what_the_parent_learnt_and_is_judged_on_runs_it_never_sees()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 10);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("anomaly-logit"));
        Assert.True(first.State == RunStates.Registered, first.Message);
        for (var i = 0; i < 4; i++) fleet.AddRun($"new-{i}", isLabelled: true, shift: 8f, new Random(200 + i));
        var (second, told) = await TrainTellingAsync(learning, LearningFixture.Request("anomaly-logit", first.CandidateDigest));
        await learning.EndAsync();
        Assert.Matches(@"anomalous, [1-9]\d* replayed\) of ", told);
        Assert.Equal("0.5", second.Hyperparameters["replayShare"]);
        Assert.Equal("0", first.Hyperparameters["replayShare"]);
        Assert.Equal(second.LossCurve.Count, second.ValidationCurve.Count);
        Assert.True(second.Bounds!.LastExperienceId > first.Bounds!.LastExperienceId);
        // What was held out stays held out, and nothing the parent learnt from joins it.
        Assert.Subset(second.CandidateMetrics.Keys.ToHashSet(), first.CandidateMetrics.Keys.ToHashSet());
        Assert.All(second.CandidateMetrics.Keys.Except(first.CandidateMetrics.Keys), run => Assert.StartsWith("new-", run, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_fit_starts_from_its_parent_where_asked_and_a_parent_of_another_shape_is_refused_with_both_named()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 8);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var parent = await learning.TrainAsync(LearningFixture.Request("anomaly-logit"));
        for (var i = 0; i < 4; i++) fleet.AddRun($"new-{i}", isLabelled: true, shift: 8f, new Random(300 + i));
        var request = LearningFixture.Request("anomaly-logit", parent.CandidateDigest);
        var transferred = await learning.TrainAsync(request with { Transfer = new TransferRequest { FrozenLayers = 2, BodyRate = 0.5 } });
        var scratch = await learning.TrainAsync(request);
        var other = await learning.TrainAsync(LearningFixture.Request("teacher", parent.CandidateDigest) with { Transfer = new TransferRequest() });
        var unknown = await learning.TrainAsync(request with { Transfer = new TransferRequest { FrozenLayers = 9 } });
        await learning.EndAsync();
        Assert.Equal("0 0 0.5 0.5 1", transferred.Hyperparameters["layerRates"]);
        Assert.True(
            transferred.LossCurve[0] < scratch.LossCurve[0],
            $"{transferred.LossCurve[0]} against {scratch.LossCurve[0]} from nothing: {transferred.Message}");
        Assert.Equal(RunStates.Failed, other.State);
        Assert.StartsWith(
            $"transfer: parent {parent.CandidateDigest} is {parent.Hyperparameters["architecture"]}, the recipe makes ", other.Message,
            StringComparison.Ordinal);
        Assert.Equal((RunStates.Failed, "transfer: 9 frozen layers of 5 that learn leave none"), (unknown.State, unknown.Message));
    }

    [Fact]
    public async Task A_run_waits_for_its_time_and_a_cancelled_one_does_not()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 4), folder.Path, registry, time);
        await learning.BeginAsync();
        var later = await learning.Runs.StartAsync(
            LearningFixture.Request("reconstruction") with { NotBefore = time.GetUtcNow().AddHours(30) }, CancellationToken.None);
        var never = await learning.Runs.StartAsync(
            LearningFixture.Request("reconstruction") with { NotBefore = time.GetUtcNow().AddDays(300) }, CancellationToken.None);
        var now = await learning.TrainAsync(LearningFixture.Request("reconstruction") with { Priority = 0 });
        Assert.Equal(RunStates.Registered, now.State);
        Assert.Equal(RunStates.Queued, (await learning.Runs.RunAsync(later, CancellationToken.None))!.State);
        Assert.True(await learning.Runs.CancelAsync(never, CancellationToken.None));
        Assert.Equal(RunStates.Cancelled, (await learning.UntilAsync(never, progressed => RunStates.HasEnded(progressed.State))).State);
        var begun = learning.UntilAsync(later, progressed => progressed.State == RunStates.Collecting);
        while (!begun.IsCompleted)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
        }

        Assert.True(time.GetUtcNow() >= (await begun).Request.NotBefore);
        await learning.EndAsync();
    }

    [Theory]
    [InlineData(10, false, 1.0, "priority 10 is outside 0 to 9")]
    [InlineData(5, true, 1.0, "transfer needs a parent")]
    public async Task A_request_that_cannot_be_is_refused_at_once(int priority, bool transfers, double rate, string expected)
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 1), folder.Path, registry);
        var request = LearningFixture.Request("reconstruction")
            with { Priority = priority, Transfer = transfers ? new TransferRequest { BodyRate = rate } : null };
        Assert.Contains(
            expected, (await Assert.ThrowsAsync<ArgumentException>(() => learning.Runs.StartAsync(request, CancellationToken.None))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_run_ends_as_cancelled_and_the_next_one_works()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 4), folder.Path, registry);
        await learning.BeginAsync();
        string runId;
        using (var held = learning.HoldAt(static progressed => progressed.State == RunStates.Training))
        {
            runId = await learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
            await held.ReachedAsync();
            Assert.True(await learning.Runs.CancelAsync(runId, CancellationToken.None));
        }

        var run = await learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.Equal(RunStates.Cancelled, run.State);
        Assert.False(await learning.Runs.CancelAsync(runId, CancellationToken.None));
        Assert.Equal(RunStates.Registered, (await learning.TrainAsync(LearningFixture.Request("reconstruction"))).State);
        await learning.EndAsync();
    }

    /// <summary>A run that the hub's stop interrupts after an epoch.</summary>
    private static async Task<string> InterruptedAsync(SimulatedFleet fleet, TempFolder folder, MemoryRegistry registry, int epoch)
    {
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        Task ending;
        string runId;
        using (var held = learning.HoldAt(progressed => progressed.Message.StartsWith($"epoch {epoch} ", StringComparison.Ordinal)))
        {
            runId = await learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
            await held.ReachedAsync();
            ending = learning.EndAsync();
        }

        await ending;
        return runId;
    }

    /// <summary>A run, and what it said of its data.</summary>
    private static async Task<(TrainingRunView Run, string Told)> TrainTellingAsync(LearningFixture learning, TrainingRequest request)
    {
        var told = "";
        var runId = await learning.Runs.StartAsync(request, CancellationToken.None);
        var run = await learning.UntilAsync(runId, progressed =>
        {
            if (progressed.State == RunStates.Training && told.Length == 0) told = progressed.Message;
            return RunStates.HasEnded(progressed.State);
        });
        return (run, told);
    }
}
