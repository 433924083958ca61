using Cloud.Hub.Bus;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Tests.Memory;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Feedback;

public sealed class OutcomeBookTests : IAsyncLifetime
{
    private const long Second = 1_000_000;
    private readonly FeedbackFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Windows_that_arrive_after_their_label_are_counted()
    {
        await _fixture.Book.AddLabelsAsync([Label(0, 9, "anomaly"), Label(10, 19, "normal")], default);
        await _fixture.TakeAsync(
            Window(2, alarm: true), Window(3, alarm: false), Window(4, alarm: true), Window(12, alarm: true), Window(13, alarm: false),
            Window(30, alarm: true));
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 2, 1, 1, 1), await _fixture.QualityAsync());
    }

    [Fact]
    public async Task A_late_label_counts_windows_that_were_there_and_a_later_one_overrules_it()
    {
        await _fixture.TakeAsync(Window(2, alarm: true), Window(3, alarm: false), Window(12, alarm: true));
        Assert.Empty(await _fixture.Book.QualityAsync(default));
        await _fixture.Book.AddLabelsAsync([Label(0, 19, "normal")], default);
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 0, 2, 1, 0), await _fixture.QualityAsync());
        await _fixture.Book.AddLabelsAsync([Label(0, 4, "valve-closing")], default);
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 1, 1, 0, 1), await _fixture.QualityAsync());
        await _fixture.ReopenAsync();
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 1, 1, 0, 1), await _fixture.QualityAsync());
    }

    [Fact]
    public async Task A_window_across_a_label_boundary_judges_no_model()
    {
        await _fixture.TakeAsync(Window(9, alarm: true) with { ToUs = 11 * Second });
        await _fixture.Book.AddLabelsAsync([Label(0, 9, "anomaly"), Label(10, 19, "normal")], default);
        Assert.Empty(await _fixture.Book.QualityAsync(default));
    }

    [Fact]
    public async Task A_label_of_one_run_leaves_other_runs_alone()
    {
        await _fixture.TakeAsync(Window(2, alarm: true), Window(2, alarm: true) with { RunId = "run-2" });
        await _fixture.Book.AddLabelsAsync([Label(0, 9, "anomaly") with { RunId = "run-2" }], default);
        Assert.Equal(1, (await _fixture.QualityAsync()).TruePositives);
        await _fixture.Book.AddLabelsAsync([Label(0, 9, "anomaly")], default);
        Assert.Equal(2, (await _fixture.QualityAsync()).TruePositives);
    }

    [Fact]
    public async Task A_stretch_counts_all_its_windows()
    {
        await _fixture.Book.AddLabelsAsync([Label(0, 9, "normal")], default);
        await _fixture.TakeAsync(Window(2, alarm: false) with { Windows = 20, AlarmWindows = 3 });
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 0, 3, 17, 0), await _fixture.QualityAsync());
    }

    [Fact]
    public async Task The_name_of_a_state_and_a_failure_are_kept_but_judge_no_model()
    {
        OutcomeLabel[] told =
        [
            Label(0, 19, "normal"), Label(0, 9, "idle") with { Kind = LabelKind.State },
            Label(5, 5, "bearing seized") with { FromUs = 5 * Second, ToUs = 5 * Second, Kind = LabelKind.Failure },
        ];
        await _fixture.Book.AddLabelsAsync(told[..2], default);
        await _fixture.TakeAsync(Window(2, alarm: true), Window(3, alarm: false), Window(5, alarm: false), Window(30, alarm: true));
        await _fixture.Book.AddLabelsAsync([told[2], Label(30, 31, "idle") with { Kind = LabelKind.State }], default);
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 0, 1, 2, 0), await _fixture.QualityAsync());
        await _fixture.ReopenAsync();
        Assert.Equal(told, (await _fixture.Book.LabelsAsync("pump-1", null, default)).Take(3));
        Assert.Equal([false, false, false], told.Select(label => label.IsAnomaly));
    }

    [Fact]
    public async Task A_failure_that_lasts_and_a_label_of_no_kind_are_refused()
    {
        (OutcomeLabel Label, string Names)[] bad =
        [
            (Label(0, 1, "seized") with { Kind = LabelKind.Failure }, "is a moment"), (Label(0, 1, "x") with { Kind = (LabelKind)9 }, "label.kind 9"),
        ];
        foreach (var (label, names) in bad)
        {
            var error = await Assert.ThrowsAsync<ArgumentException>(() => _fixture.Book.AddLabelsAsync([label], default));
            Assert.Contains(names, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(await _fixture.Book.LabelsAsync(null, null, default));
    }

    [Fact]
    public async Task Counts_equal_a_count_from_scratch_after_any_mixture_of_labels_and_windows()
    {
        var random = new Random(4711);
        for (var round = 0; round < 60; round++)
        {
            if (random.Next(2) == 0)
            {
                var from = random.Next(60);
                await _fixture.Book.AddLabelsAsync([Label(from, from + random.Next(20), random.Next(2) == 0 ? "normal" : "leak")], default);
            }
            else
            {
                await _fixture.TakeAsync(
                    Window(random.Next(60), random.Next(2) == 0) with { ToUs = (60 + random.Next(20)) * Second },
                    Window(random.Next(80), random.Next(2) == 0));
            }
        }

        var incremental = await _fixture.Book.QualityAsync(default);
        await using var fresh = new FeedbackFixture();
        await fresh.Book.AddLabelsAsync(await _fixture.Book.LabelsAsync(null, null, default), default);
        var records = new List<ModelEvidence>();
        await foreach (var (_, evidence) in _fixture.EvidenceAsync()) records.Add(evidence);
        await fresh.TakeAsync([.. records]);
        Assert.Equal(await fresh.Book.QualityAsync(default), incremental);
    }

    [Fact]
    public async Task An_answered_alarm_is_a_label_over_its_time()
    {
        await _fixture.TakeAsync(
            Window(8, alarm: false), Window(9, alarm: true), Window(10, alarm: true), Window(11, alarm: true), Window(20, alarm: true));
        using var subscription = _fixture.Bus.Subscribe("test", happened => happened is LabelsAdded);
        var raised = Alarm("a1", raised: true, (10 * Second) - 1);
        await _fixture.Book.TakeAlarmsAsync([raised, Alarm("a1", raised: false, 12 * Second)], null, default);
        Assert.True(await _fixture.Book.AcknowledgeAsync("pump-1:a1", "normal", "ada", default));

        var label = Assert.Single(await _fixture.Book.LabelsAsync("pump-1", "run-1", default));
        Assert.Equal(
            ((10 * Second) - 1, 12 * Second, "normal", "acknowledgement", "run-1"),
            (label.FromUs, label.ToUs, label.Label, label.Source, label.RunId));
        Assert.Equal(label, Assert.Single(Assert.IsType<LabelsAdded>(await subscription.Events.ReadAsync()).Labels));
        Assert.Equal(new ModelQuality(Some.Digest, "pump-1", 0, 2, 0, 0), await _fixture.QualityAsync());
        await _fixture.ReopenAsync();
        var view = Assert.Single(await _fixture.Book.AlarmsAsync(openOnly: false, 10, default));
        Assert.Equal(
            ("pump-1:a1", "site-1", "pump-1", 12 * Second, "normal", "ada"),
            (view.AlarmId, view.SiteId, view.DeviceId, view.EndedUs, view.Label, view.AcknowledgedBy));
        Assert.Equivalent(raised.Alarm, view.Raised);
        Assert.Empty(await _fixture.Book.AlarmsAsync(openOnly: true, 10, default));
    }

    [Fact]
    public async Task Alarms_of_one_name_on_two_devices_are_two_alarms()
    {
        var here = Alarm("model-anomaly-5", raised: true, 5);
        await _fixture.Book.TakeAlarmsAsync([here, here with { DeviceId = "pump-2" }], null, default);
        Assert.True(await _fixture.Book.AcknowledgeAsync("pump-2:model-anomaly-5", "leak", "ada", default));
        Assert.Equal("pump-2", Assert.Single(await _fixture.Book.LabelsAsync(null, null, default)).DeviceId);
        Assert.Equal("pump-1:model-anomaly-5", Assert.Single(await _fixture.Book.AlarmsAsync(openOnly: true, 10, default)).AlarmId);
    }

    [Fact]
    public async Task An_alarm_answered_while_it_stands_is_labelled_to_its_end_when_it_ends()
    {
        await _fixture.TakeAsync(Window(10, alarm: true));
        await _fixture.Book.TakeAlarmsAsync([Alarm("a1", raised: true, 10 * Second)], null, default);
        Assert.True(await _fixture.Book.AcknowledgeAsync("pump-1:a1", "leak", "ada", default));
        await _fixture.TakeAsync(Window(11, alarm: true), Window(12, alarm: true));
        Assert.Equal(1, (await _fixture.QualityAsync()).TruePositives);
        await _fixture.Book.TakeAlarmsAsync([Alarm("a1", raised: false, 14 * Second)], null, default);
        Assert.Equal(3, (await _fixture.QualityAsync()).TruePositives);
        await _fixture.Book.TakeAlarmsAsync([Alarm("a1", raised: false, 14 * Second)], null, default);
        Assert.Equal(2, (await _fixture.Book.LabelsAsync(null, null, default)).Count);
    }

    [Fact]
    public async Task An_unknown_alarm_cannot_be_answered() => Assert.False(await _fixture.Book.AcknowledgeAsync("none", "normal", "ada", default));

    [Theory]
    [InlineData("Pump 1", 0, 1, "normal", "label.deviceId 'Pump 1'")]
    [InlineData("pump-1", 5, 4, "normal", "ends at 4 before it begins at 5")]
    [InlineData("pump-1", 0, 1, "", "label.label")]
    public async Task A_label_that_cannot_be_is_refused_and_nothing_is_stored(string device, long from, long to, string text, string names)
    {
        var bad = new OutcomeLabel { DeviceId = device, FromUs = from, ToUs = to, Label = text, Source = "operator" };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => _fixture.Book.AddLabelsAsync([Label(0, 1, "normal"), bad], default));
        Assert.Contains(names, error.Message, StringComparison.Ordinal);
        Assert.Empty(await _fixture.Book.LabelsAsync(null, null, default));
    }

    internal static AlarmChanged Alarm(string id, bool raised, long timestampUs) => new("site-1", "pump-1", new AlarmEvent
    {
        AlarmId = id, RunId = "run-1", RuleId = "score-high", Raised = raised, Severity = "critical", TimestampUs = timestampUs,
        Reasons = ["score 2.1 > 1"],
    });

    /// <summary>Evidence of one window.</summary>
    internal static ModelEvidence Window(long second, bool alarm) => new()
    {
        Digest = Some.Digest, BootId = "boot", RunId = "run-1", FromUs = second * Second, ToUs = (second * Second) + (Second / 2), Windows = 1,
        AlarmWindows = alarm ? 1 : 0,
    };

    private static OutcomeLabel Label(long fromSecond, long toSecond, string label) =>
        new() { DeviceId = "pump-1", FromUs = fromSecond * Second, ToUs = ((toSecond + 1) * Second) - 1, Label = label, Source = "operator" };
}
