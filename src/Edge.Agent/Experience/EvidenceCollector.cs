using System.Text.Json;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Signals;

namespace Edge.Agent.Experience;

/// <summary>Counts how the answering model behaves and says so every N windows, at the end of a run, and when another model answers.</summary>
/// <param name="every">Windows per evidence fact.</param>
/// <param name="shadow">Comparison with a shadow model, if one runs.</param>
/// <param name="vitals">How the machine fares now.</param>
internal sealed class EvidenceCollector(int every, string bootId, IFactSink facts, Func<ShadowEvidence?> shadow, Func<DeviceVitals?> vitals)
    : IObservationSink
{
    private readonly LatencyHistogram _latency = new();
    private string? _digest;
    private string _runId = "";
    private long _fromUs;
    private long _toUs;
    private long _windows;
    private long _alarms;
    private long _invalid;
    private double _ratios;
    private long _ratioCount;
    private double _deviations;
    private long _deviationCount;

    public void RunStarted(string runId, long timestampUs)
    {
        Tell();
        _runId = runId;
    }

    public void Observe(in Observation observation)
    {
        ref readonly var prediction = ref observation.Prediction;
        if (!prediction.IsAnswer || prediction.Digest is null) return;
        if (prediction.Digest != _digest)
        {
            Tell();
            _latency.Clear();
        }

        if (_windows == 0) (_digest, _runId, _fromUs) = (prediction.Digest, observation.RunId, observation.TimestampUs);
        _toUs = observation.TimestampUs;
        _windows++;
        if (prediction.State != PredictionState.Scored) _invalid++;
        if (prediction.IsAlarm) _alarms++;
        var ratio = prediction.ScoreRatio;
        if (float.IsFinite(ratio))
        {
            _ratios += ratio;
            _ratioCount++;
        }

        if (observation.Calibration is { } calibration) Deviate(observation.Values, calibration);
        if (!float.IsNaN(prediction.InferenceUs)) _latency.Add(prediction.InferenceUs);
        if (_windows >= every) Tell();
    }

    public void RunEnded(string runId, long timestampUs, long rows) => Tell();

    /// <summary>How far the newest values lie from what the run's calibration takes for normal: what
    /// the model was fed, whatever it made of it.</summary>
    private void Deviate(ReadOnlySpan<float> values, Calibration calibration)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var deviation = Math.Abs((values[i] - calibration.Centre[i]) / calibration.Scale[i]);
            if (!float.IsFinite(deviation)) continue;
            _deviations += deviation / (1 + deviation);
            _deviationCount++;
        }
    }

    private void Tell()
    {
        if (_windows == 0) return;
        var evidence = new ModelEvidence
        {
            Digest = _digest!,
            BootId = bootId,
            RunId = _runId,
            FromUs = _fromUs,
            ToUs = _toUs,
            Windows = _windows,
            AlarmWindows = _alarms,
            InvalidWindows = _invalid,
            MeanScoreRatio = _ratioCount == 0 ? 0 : _ratios / _ratioCount,
            MeanInputDeviation = _deviationCount == 0 ? 0 : _deviations / _deviationCount,
            InferenceP99Us = _latency.Quantile(0.99),
            InferenceTimings = _latency.Count,
            ResidentBytes = Environment.WorkingSet,
            Vitals = vitals(),
            Shadow = shadow(),
        };
        facts.TryAdd(FactKind.Evidence, _toUs, JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence));
        (_windows, _alarms, _invalid, _ratios, _ratioCount, _deviations, _deviationCount) = (0, 0, 0, 0, 0, 0, 0);
        // At a high rate not every answer is timed, and few of them would be no percentile.
        if (_latency.Count >= ModelEvidence.EnoughTimings) _latency.Clear();
    }
}
