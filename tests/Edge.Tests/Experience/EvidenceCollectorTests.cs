using System.Text.Json;
using Edge.Agent.Experience;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Edge.Tests.Experience;

/// <summary>What the hub is told of a model's behaviour, three windows a fact.</summary>
public sealed class EvidenceCollectorTests : IFactSink
{
    private readonly List<ModelEvidence> _told = [];
    private readonly EvidenceCollector _collector;
    private long _us;

    public EvidenceCollectorTests()
    {
        _collector = new EvidenceCollector(3, "boot", this, static () => null, static () => new DeviceVitals(0.5, 41));
        _collector.RunStarted("run", 0);
    }

    [Fact]
    public void Every_three_windows_are_told_with_alarms_invalid_ones_and_the_mean_ratio()
    {
        Answer("m1", PredictionState.Scored, ratio: 1, isAlarm: false);
        Answer("m1", PredictionState.BetweenWindows, ratio: 1, isAlarm: false);
        Answer("m1", PredictionState.Scored, ratio: 3, isAlarm: true);
        Assert.Empty(_told);
        Answer("m1", PredictionState.Invalid, ratio: float.NaN, isAlarm: false);
        var evidence = Assert.Single(_told);
        Assert.Equal(("m1", "boot", "run"), (evidence.Digest, evidence.BootId, evidence.RunId));
        Assert.Equal((3, 1, 1, 2.0), (evidence.Windows, evidence.AlarmWindows, evidence.InvalidWindows, evidence.MeanScoreRatio));
        Assert.Equal((1, 4), (evidence.FromUs, evidence.ToUs));
        Assert.Equal(new DeviceVitals(0.5, 41), evidence.Vitals);
    }

    [Fact]
    public void The_end_of_a_run_and_another_model_close_what_was_counted()
    {
        Answer("m1", PredictionState.Scored, 1, false);
        Answer("m2", PredictionState.Scored, 1, false);
        IObservationSink sink = _collector;
        sink.RunEnded("run", _us, 2);
        sink.RunEnded("run", _us, 2);
        Assert.Equal([("m1", 1L), ("m2", 1L)], _told.Select(static evidence => (evidence.Digest, evidence.Windows)));
    }

    [Fact]
    public void Timed_answers_are_gathered_over_reports_until_a_percentile_can_rest_on_them()
    {
        for (var window = 0; window < 105; window++) Answer("m1", PredictionState.Scored, 1, false);
        Assert.Equal([3L, 6, 9], _told.Take(3).Select(static evidence => evidence.InferenceTimings!.Value));
        // 102 are enough: the next report begins anew, as does another model.
        Assert.Equal([99L, 102, 3], _told.Skip(32).Select(static evidence => evidence.InferenceTimings!.Value));
        for (var window = 0; window < 3; window++) Answer("m2", PredictionState.Scored, 1, false);
        Assert.Equal(3, _told[^1].InferenceTimings);
    }

    bool IFactSink.TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value)
    {
        Assert.Equal(FactKind.Evidence, kind);
        _told.Add(JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.ModelEvidence)!);
        return true;
    }

    private void Answer(string digest, PredictionState state, float ratio, bool isAlarm) => _collector.Observe(
        new Observation(new Prediction(state, ratio, ratio, 1, isAlarm, digest, 10) { ScoreRatio = ratio })
    {
        RunId = "run", Frame = _us, TimestampUs = ++_us, Values = [1], DueWindow = null,
        IsCalibration = false, Calibration = null, Decisions = default,
    });
}
