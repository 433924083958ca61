using System.Text.Json;
using Edge.Agent.Actions;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Edge.Agent.Experience;

/// <summary>Counts how the answering model behaves and says so every N windows, at the end of a run, and when another model answers.</summary>
/// <param name="every">Windows per evidence fact.</param>
/// <param name="shadow">Comparison with a shadow model, if one runs.</param>
internal sealed class EvidenceCollector(int every, string bootId, IFactSink facts, Func<ShadowEvidence?> shadow) : IObservationSink
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

    public void RunStarted(string runId, long timestampUs)
    {
        Tell();
        _runId = runId;
    }

    public void Observe(in Observation observation)
    {
        var prediction = observation.Prediction;
        if (!prediction.IsAnswer || prediction.Digest is null) return;
        if (_windows > 0 && prediction.Digest != _digest) Tell();
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

        _latency.Add(prediction.InferenceUs);
        if (_windows >= every) Tell();
    }

    public void Decided(string runId, ReadOnlySpan<Decision> decisions)
    {
    }

    public void RunEnded(string runId, long timestampUs, long rows) => Tell();

    public void Acted(ActionResult result)
    {
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
            InferenceP99Us = _latency.Quantile(0.99),
            ResidentBytes = Environment.WorkingSet,
            Shadow = shadow(),
        };
        facts.TryAdd(FactKind.Evidence, _toUs, JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence));
        (_windows, _alarms, _invalid, _ratios, _ratioCount) = (0, 0, 0, 0, 0);
        _latency.Clear();
    }
}
