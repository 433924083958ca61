using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Reasoning;

/// <summary>Counters of the Reasoning service since start.</summary>
internal sealed class ReasoningMetrics
{
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _facts;
    private readonly Counter<long> _failedTurns;

    public ReasoningMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _decisions = meter.CreateCounter<long>("hmas.reasoning.decisions", "{decision}", "Decisions of the site and fleet agents");
        _facts = meter.CreateCounter<long>("hmas.reasoning.facts", "{fact}", "Alarms and runs that the agents were told of");
        _failedTurns = meter.CreateCounter<long>("hmas.reasoning.failed_turns", "{turn}", "Turns of an agent that ended in an error and come again");
    }

    public void Decided() => _decisions.Add(1);

    public void Told(int facts) => _facts.Add(facts);

    public void TurnFailed() => _failedTurns.Add(1);
}
