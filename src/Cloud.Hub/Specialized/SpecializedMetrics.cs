using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Specialized;

/// <summary>Counters of the Specialized service since start.</summary>
internal sealed class SpecializedMetrics
{
    private readonly Counter<long> _advice;

    public SpecializedMetrics(IMeterFactory meters) =>
        _advice = meters.Hub()
            .CreateCounter<long>("hmas.specialized.advice", "{advice}", "Windows of pumps that advice was given on, by the fault named");

    /// <param name="fault">One of the pack's own names.</param>
    public void Advised(string fault) => _advice.Add(1, new KeyValuePair<string, object?>("fault", fault));
}
