using Edge.Agent.Actions;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Tests.Perception.Inference;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Pipeline;

public sealed class PerceptionPipelineTests
{
    private const long Second = 1_000_000;
    private const string Rules = """
        version: 1
        rules:
          - id: model
            severity: critical
            priority: 10
            when: { prediction: alarm }
            action: { actuator: valve, command: close, release: { command: open } }
          - id: high-a
            when: { channel: a, above: 100, clear: 50 }
          - id: silent-a
            when: { stale: a, after: 5s }
        """;

    private static readonly SensorChannel[] Channels = [new("a"), new("b")];
    private readonly ObservationProbe _probe = new();
    private readonly List<ActionRequest> _acts = [];
    private readonly PerceptionPipeline _pipeline;

    public PerceptionPipelineTests()
    {
        var options = new WindowOptions { Length = 3, CalibrationRows = 4, HistoryFrames = 64, MaxCalibrationRows = 16 };
        var scope = new RuleScope(Channels, 1, 64, new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["open", "close"] });
        _pipeline = new PerceptionPipeline(Channels, 1, options, RuleFile.Parse(Rules, "rules.yaml", scope), _acts.Add, _probe, NullLogger.Instance);
    }

    [Fact]
    public void Each_row_is_observed_and_scored_once_the_run_is_calibrated()
    {
        _pipeline.Slot.Exchange(new FakeScorer("m1", ["b"]));
        Play(0, 6);
        Assert.Equal(
            [PredictionState.Calibrating, PredictionState.Calibrating, PredictionState.Calibrating, PredictionState.Scored, PredictionState.Scored,
                PredictionState.Scored],
            _probe.Frames.Select(frame => frame.Prediction.State));
        Assert.Equal([true, true, true, true, false, false], _probe.Frames.Select(frame => frame.IsCalibration));
        Assert.Equal("m1", _probe.Frames[^1].Prediction.Digest);
        Assert.Equal([4f, 5f, 6f, 2f, 2f, 2f], _probe.Frames[^1].Window);
    }

    [Fact]
    public void Without_a_model_frames_and_rules_go_on()
    {
        Play(0, 3);
        Row(3, 200, 2);
        Assert.All(_probe.Frames, frame => Assert.Equal(PredictionState.NoModel, frame.Prediction.State));
        Assert.Equal([("high-a", DecisionKind.Raised)], _probe.Decisions.Select(decision => (decision.RuleId, decision.Kind)));
    }

    [Fact]
    public void A_model_that_throws_is_given_up_for_the_run_and_rules_go_on()
    {
        _pipeline.Slot.Exchange(new FakeScorer("m1", ["a"]) { Throws = true });
        Play(0, 6);
        Row(6, 200, 2);
        Assert.Equal(PredictionState.Failed, _probe.Frames[^1].Prediction.State);
        Assert.Equal(1, _pipeline.ModelFailures);
        Assert.Equal("high-a", Assert.Single(_probe.Decisions).RuleId);
    }

    [Fact]
    public void A_model_that_comes_in_mid_run_calibrates_on_the_rows_kept_and_answers_the_next_frame()
    {
        var old = new FakeScorer("m1", ["a"]);
        _pipeline.Slot.Exchange(old);
        Play(0, 10);
        var next = new FakeScorer("m2", ["b", "a"]);
        Assert.Same(old, _pipeline.Slot.Exchange(next));
        Play(10, 1);
        Assert.Equal([2, 1, 2, 2, 2, 3, 2, 4], next.LastRows);
        Assert.Equal((PredictionState.Scored, "m2"), (_probe.Frames[^1].Prediction.State, _probe.Frames[^1].Prediction.Digest));
        Assert.Equal(10, _probe.Frames[^1].Frame);
    }

    [Fact]
    public void A_model_taken_out_while_frames_run_is_not_asked_again()
    {
        _probe.IsSilent = true;
        var isOver = false;
        var rows = 0;
        var feeding = new Thread(() =>
        {
            for (; !Volatile.Read(ref isOver); rows++)
            {
                Row(rows, 1, 2);
                _pipeline.OnSilence(TimeSpan.FromSeconds(1));
            }
        });
        feeding.Start();
        for (var i = 0; i < 5000; i++)
        {
            // Disposed, it would throw.
            _pipeline.Slot.Exchange(new FakeScorer("active", ["a"]))?.Dispose();
            _pipeline.Slot.ExchangeShadow(new FakeScorer("shadow", ["b"]))?.Dispose();
            if (i % 3 == 0 && _pipeline.Slot.TryPromoteShadow(out var previous)) previous?.Dispose();
            Assert.InRange(_pipeline.Slot.Shadow?.Compared ?? 0, 0, long.MaxValue);
        }

        Volatile.Write(ref isOver, true);
        feeding.Join();
        Assert.Equal(0, _pipeline.ModelFailures);
        Assert.Equal(rows, _probe.Count);
    }

    [Fact]
    public void A_sink_can_ask_how_the_shadow_compares_within_a_frame()
    {
        ShadowEvidence? seen = null;
        _probe.Observed = () => seen = _pipeline.ShadowInFrame;
        _pipeline.Slot.Exchange(new FakeScorer("m1", ["b"]));
        _pipeline.Slot.ExchangeShadow(new FakeScorer("m2", ["a"]));
        Play(0, 6);
        Assert.Equal(("m2", 3), (seen?.Digest, seen?.Compared));
    }

    [Fact]
    public void A_shadow_answers_the_same_windows_and_is_never_acted_on()
    {
        _pipeline.Slot.Exchange(new FakeScorer("m1", ["b"]));
        _pipeline.Slot.ExchangeShadow(new FakeScorer("m2", ["a"]));
        Play(0, 6);
        Row(6, 99, 2);
        var evidence = _pipeline.Slot.Shadow!;
        Assert.Equal(("m2", 4, 1, 1, 0), (evidence.Digest, evidence.Compared, evidence.Disagreed, evidence.ShadowAlarms, evidence.ActiveAlarms));
        Assert.Empty(_acts);
        Assert.True(_pipeline.Slot.TryPromoteShadow(out var previous));
        Assert.Equal("m1", previous!.Digest);
        Row(7, 99, 2);
        Assert.Equal("close", Assert.Single(_acts).Command.Command);
    }

    [Fact]
    public void A_shadow_beyond_its_share_skips_windows_while_the_active_model_answers_them_all()
    {
        var active = new FakeScorer("m1", ["b"]);
        _pipeline.Slot.Exchange(active);
        // A share of 0.001 saves up 1 ms at most, and each answer takes 3.
        _pipeline.Slot.ExchangeShadow(new FakeScorer("m2", ["a"]) { Busy = TimeSpan.FromMilliseconds(3) }, cpuShare: 0.001);
        Play(0, 40);
        var evidence = _pipeline.Slot.Shadow!;
        Assert.Equal(37, active.Scored);
        Assert.Equal(37, evidence.Compared + evidence.Skipped);
        Assert.InRange(evidence.Skipped, 30, 36);
        Assert.InRange(evidence.CpuShare, double.Epsilon, 1);
    }

    [Theory]
    [InlineData("c", 3, "channel 'c'")]
    [InlineData("a", 65, "windows of 65 rows")]
    public void A_model_that_the_device_cannot_feed_is_refused(string channel, int length, string reason)
    {
        var e = Assert.Throws<ArgumentException>(() => _pipeline.Slot.Exchange(new FakeScorer("m", [channel], length, length)));
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_end_of_a_run_clears_its_alarms_and_the_next_run_calibrates_anew()
    {
        var scorer = new FakeScorer("m1", ["a"]);
        _pipeline.Slot.Exchange(scorer);
        _pipeline.StartRun("one", 0);
        Play(0, 5);
        Row(5, 99, 2);
        _pipeline.EndRun(5 * Second);
        _pipeline.StartRun("two", 6 * Second);
        Play(6, 5);
        Assert.Equal([("close", 0), ("open", 1)], _acts.Select((act, i) => (act.Command.Command, i)));
        Assert.Equal([("one", 6L)], _probe.Ended);
        Assert.Equal(["one", "two"], _probe.Runs);
        Assert.Equal(2, scorer.Calibrations);
    }

    [Fact]
    public void A_clock_that_jumps_back_begins_another_run()
    {
        Play(1000, 3);
        Play(0, 3);
        Assert.Equal([3L, 3L], [_probe.Ended[0].Rows, _probe.Frames.Count(frame => frame.Run == _probe.Runs[1])]);
        Assert.NotEqual(_probe.Runs[0], _probe.Runs[1]);
    }

    [Fact]
    public void A_machine_that_never_stops_makes_recordings_as_long_as_no_model_is_there()
    {
        var pipeline = Recording(TimeSpan.FromSeconds(10));
        Feed(pipeline, 0, 25);
        Assert.Equal([10L, 10L], _probe.Ended.Select(static ended => ended.Rows));
        Assert.Equal(3, _probe.Runs.Distinct().Count());
        // Each has healthy rows of its own.
        Assert.Equal(12, _probe.Frames.Count(static frame => frame.IsCalibration));

        pipeline.Slot.Exchange(new FakeScorer("m1", ["a"]));
        Feed(pipeline, 25, 30);
        Assert.Equal(2, _probe.Ended.Count);
    }

    [Fact]
    public void A_recording_is_not_cut_within_an_alarm_or_before_its_healthy_rows_are_there()
    {
        var pipeline = Recording(TimeSpan.FromSeconds(2));
        Feed(pipeline, 0, 3);
        Assert.Empty(_probe.Ended);
        Feed(pipeline, 3, 1, a: 200);
        Feed(pipeline, 4, 6, a: 99);
        Assert.Empty(_probe.Ended);
        Feed(pipeline, 10, 3);
        Assert.Equal(11, Assert.Single(_probe.Ended).Rows);
    }

    [Fact]
    public void An_alarm_of_the_model_says_what_it_saw_and_which_channels_are_far_from_their_healthy_level()
    {
        var channels = new SensorChannel[] { new("a", "l/min"), new("b", "Cel") };
        var pipeline = Recording(TimeSpan.Zero, channels);
        pipeline.Slot.Exchange(new FakeScorer("m1", ["a", "b"]));
        Feed(pipeline, 0, 6, a: 5);
        Feed(pipeline, 6, 3, a: 60);
        var reasons = _probe.Decisions.First(static decision => decision.RuleId == "model").Reasons;
        Assert.Equal(2, reasons.Count);
        Assert.Matches("^score .+ above its threshold .+$", reasons[0]);
        Assert.StartsWith("a 60 l/min, healthy 5 ± ", reasons[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_silent_stream_raises_its_stale_rule_without_a_sample()
    {
        Play(0, 3);
        _pipeline.OnSilence(TimeSpan.FromSeconds(4));
        Assert.Empty(_probe.Decisions);
        _pipeline.OnSilence(TimeSpan.FromSeconds(6));
        Assert.Equal("silent-a", Assert.Single(_probe.Decisions).RuleId);
    }

    [Fact]
    public void Steady_state_costs_no_memory_per_sample()
    {
        _probe.IsSilent = true;
        _pipeline.Slot.Exchange(new FakeScorer("m1", ["a", "b"]));
        Play(0, 300, grow: false);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play(300, 1000, grow: false);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1300, _probe.Count);
    }

    private PerceptionPipeline Recording(TimeSpan length, SensorChannel[]? channels = null)
    {
        var options = new WindowOptions { Length = 3, CalibrationRows = 4, HistoryFrames = 64, MaxCalibrationRows = 16, Lateness = TimeSpan.Zero,
            RecordingLength = length };
        var scope = new RuleScope(channels ?? Channels, 1, 64, new Dictionary<string, IReadOnlyList<string>> { ["valve"] = ["open", "close"] });
        return new PerceptionPipeline(
            channels ?? Channels, 1, options, RuleFile.Parse(Rules, "rules.yaml", scope), _acts.Add, _probe, NullLogger.Instance);
    }

    private static void Feed(PerceptionPipeline pipeline, int from, int rows, float a = 1, float b = 2)
    {
        for (var second = from; second < from + rows; second++)
            pipeline.Add([new Sample(0, second * Second, a), new Sample(1, second * Second, b)]);
    }

    private void Play(int from, int rows, bool grow = true)
    {
        for (var i = 0; i < rows; i++) Row(from + i, grow ? i + 1 : 1, 2);
    }

    private void Row(int second, float a, float b)
    {
        _pipeline.Add([new Sample(0, second * Second, a), new Sample(1, second * Second, b)]);
    }
}
