using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Plans;
using Cloud.Hub.Learning.Workers;
using Cloud.Hub.Tests.Learning.Service;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Learning.Plans;

public sealed class PlanTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(55);
    private static readonly PlanOptions Plan = new() { ModelName = "pump", Recipe = "reconstruction", Every = TimeSpan.FromDays(
        1), NewLabels = 10, OnDrift = true };

    [Fact]
    public void Time_labels_or_drift_start_a_plan_and_nothing_starts_it_while_it_works_or_rests()
    {
        Assert.Null(Reason(null, labels: 9));
        Assert.Equal("10 new labels", Reason(null, labels: 10));
        Assert.Equal("1.00:00:00 since the last one", PlanDecision.Reason(Plan, null, 0, null, Now.AddDays(-1), Now));
        Assert.Null(Reason(Ended(hoursAgo: 23, labels: 5), labels: 14));
        Assert.Equal("10 new labels", Reason(Ended(hoursAgo: 23, labels: 5), labels: 15));
        Assert.Equal("1.00:00:00 since the last one", Reason(Ended(hoursAgo: 24, labels: 5), labels: 5));
        Assert.Null(Reason(Ended(hoursAgo: 0.9, labels: 0), labels: 100));
        Assert.Null(Reason(Ended(hoursAgo: 48, labels: 0) with { State = RunStates.Training }, labels: 100));
        var drift = new DriftSeen("pump-7", "sha256:a", 1, Now.AddHours(-3));
        Assert.Equal("the scores of device pump-7 drifted up", PlanDecision.Reason(Plan, Ended(hoursAgo: 4, labels: 0), 0, drift, Now, Now));
        Assert.Null(PlanDecision.Reason(Plan, Ended(hoursAgo: 2, labels: 0), 0, drift, Now, Now));
    }

    [Fact]
    public void A_shift_of_a_devices_ordinary_scores_is_told_and_steady_ones_under_any_model_are_not()
    {
        var (random, scores) = (new Random(3), new ScoreDrift());
        float Score(double mean) => (float)(mean + random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5);
        for (var i = 0; i < 2000; i++) Assert.Equal(0, scores.Add("a", Window("m1", Score(1), ExperienceReasons.Routine)));
        // Windows kept because they alarmed say nothing of the ordinary, another model has another usual.
        for (var i = 0; i < 100; i++) Assert.Equal(0, scores.Add("a", Window("m1", 50, ExperienceReasons.Alarm)));
        var told = 0;
        for (var i = 0; i < 60 && told == 0; i++) told = scores.Add("a", Window("m1", Score(1.7), ExperienceReasons.Routine));
        Assert.Equal(1, told);
        for (var i = 0; i < 1000; i++) Assert.Equal(0, scores.Add("a", Window("m2", Score(9), ExperienceReasons.Routine)));
        Assert.Equal(0, scores.Add("a", Window("m2", float.NaN, ExperienceReasons.Routine)));
    }

    [Fact]
    public async Task A_plan_starts_its_run_when_its_time_has_come()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var time = new FakeTimeProvider(Now);
        (string, string)[] settings = [
            ("Plans:nightly:ModelName", "pump"), ("Plans:nightly:Recipe", "reconstruction"), ("Plans:nightly:Every", "02:00:00"),
            ("LocalWorkers", "0")];
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 4), folder.Path, registry, time, null, settings);
        await learning.BeginAsync();
        IReadOnlyList<TrainingRunView> runs = [];
        while (runs.Count == 0)
        {
            time.Advance(PlanLoop.Period);
            await Task.Yield();
            runs = await learning.Runs.RunsAsync(CancellationToken.None);
        }

        await learning.EndAsync();
        var run = Assert.Single(runs);
        Assert.Equal(("plan:nightly", "reconstruction", 3), (run.Request.RequestedBy, run.Request.Recipe, run.Request.Priority));
        Assert.True(run.StartedAt >= Now.AddHours(2), $"{run.StartedAt}");
    }

    [Fact]
    public async Task A_plan_keeps_a_classifier_of_named_states_up_with_its_labels()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var (time, fleet) = (new FakeTimeProvider(Now), new SimulatedFleet(runs: 0));
        for (var run = 0; run < 8; run++) fleet.AddStates($"run-{run:00}", run);
        (string, string)[] settings = [
            ("Plans:states:ModelName", "pump"), ("Plans:states:Recipe", "states"), ("Plans:states:NewLabels", "12"), ("Plans:states:Rest", "00:05:00"),
            ("MinSliceRows", "10")];
        await using var learning = new LearningFixture(fleet, folder.Path, registry, time, null, settings);
        await learning.BeginAsync();
        var first = await EndedAsync(1);
        Assert.True(first.State == RunStates.Registered, first.Message);
        // Without new labels nothing begins.
        for (var minute = 0; minute < 30; minute++)
        {
            time.Advance(PlanLoop.Period);
            await Task.Yield();
        }

        Assert.Single(await learning.Runs.RunsAsync(CancellationToken.None));
        for (var run = 8; run < 12; run++) fleet.AddStates($"run-{run:00}", run);
        var second = await EndedAsync(2);
        await learning.EndAsync();
        Assert.Equal(("plan:states", "states"), (second.Request.RequestedBy, second.Request.Recipe));
        Assert.Equal(first.CandidateDigest, second.Request.ParentDigest);
        Assert.Contains(second.State, new[] { RunStates.Registered, RunStates.Rejected });
        Assert.Contains("class idle", second.ParentMetrics.Keys);

        async Task<TrainingRunView> EndedAsync(int count)
        {
            IReadOnlyList<TrainingRunView> runs = [];
            while (runs.Count < count)
            {
                time.Advance(PlanLoop.Period);
                await Task.Yield();
                runs = await learning.Runs.RunsAsync(CancellationToken.None);
            }

            return await learning.UntilAsync(runs[0].RunId, progressed => RunStates.HasEnded(progressed.State));
        }
    }

    private static string? Reason(TrainingRunView? last, int labels) => PlanDecision.Reason(Plan, last, labels, null, Now, Now);

    private static TrainingRunView Ended(double hoursAgo, int labels) => new()
    {
        RunId = "train-1", Request = LearningFixture.Request("reconstruction"), State = RunStates.Rejected, StartedAt = Now.AddHours(-hoursAgo),
        Bounds = new DatasetBounds(1, labels),
    };

    private static ExperienceRecord Window(string digest, float score, ExperienceReasons reasons) => new()
    {
        RunId = "r", StartUs = 0, EndUs = 1, Window = [0], Channels = 1, Centre = [], Scale = [], ModelDigest = digest, Score = score, Threshold = 2,
        Reasons = reasons, Value = 0.1f,
    };
}
