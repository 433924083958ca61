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

    /// <param name="class">The shadow's; null of a model that names none.</param>
    public void Add(in Prediction active, bool isAlarm, string? @class, double microseconds)
    {
        _latency.Add(microseconds);
        _compared++;
        if (isAlarm) _alarms++;
        if (active.IsAlarm) _activeAlarms++;
        if (isAlarm != active.IsAlarm || @class != active.Class) _disagreed++;
    }

    /// <summary>The shadow threw, or answered with no number.</summary>
    public void AddInvalid(double microseconds)
    {
        _latency.Add(microseconds);
        _compared++;
        _invalid++;
    }

    public ShadowEvidence Snapshot(CpuBudget budget) =>
        new(digest, _compared, _disagreed, _alarms, _invalid, _latency.Quantile(0.99), _activeAlarms, budget.Skipped,
            budget.Taken(Stopwatch.GetTimestamp()));
}
