using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Perception;

/// <summary>Counters of the Perception service since start.</summary>
internal sealed class PerceptionMetrics
{
    private static readonly KeyValuePair<string, object?> Agrees = new("agrees", "true");
    private static readonly KeyValuePair<string, object?> Disagrees = new("agrees", "false");

    private readonly Counter<long> _opinions;
    private readonly Counter<long> _notJudged;

    public PerceptionMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _opinions = meter.CreateCounter<long>(
            "hmas.perception.opinions", "{opinion}", "Second opinions on uploaded windows, by whether the device said the same");
        _notJudged = meter.CreateCounter<long>("hmas.perception.not_judged", "{window}", "Windows that got no opinion because of an error");
    }

    public void Opinion(bool agrees) => _opinions.Add(1, agrees ? Agrees : Disagrees);

    public void NotJudged() => _notJudged.Add(1);
}
