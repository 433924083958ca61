using System.Diagnostics;
using Hmas.Contracts.Models;

namespace Edge.Agent.Perception.Inference;

/// <summary>Counts what a shadow answered where the active model answered too.</summary>
internal sealed class ShadowComparison(string digest)
{
    private readonly LatencyHistogram _latency = new();
    private long _compared;
    private long _disagreed;
    private long _alarms;
    private long _activeAlarms;
    private long _invalid;

    /// <param name="shadow">Null when the shadow threw.</param>
    public void Add(in Prediction active, WindowScore? shadow, double microseconds)
    {
        _latency.Add(microseconds);
        _compared++;
        if (shadow is not { IsValid: true } answer)
        {
            _invalid++;
            return;
        }

        if (answer.IsAlarm) _alarms++;
        if (active.IsAlarm) _activeAlarms++;
        if (answer.IsAlarm != active.IsAlarm || answer.Class != active.Class) _disagreed++;
    }

    public ShadowEvidence Snapshot(CpuBudget budget) =>
        new(digest, _compared, _disagreed, _alarms, _invalid, _latency.Quantile(0.99), _activeAlarms, budget.Skipped,
            budget.Taken(Stopwatch.GetTimestamp()));
}
