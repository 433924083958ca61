using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Bus;

/// <summary>What the bus did not deliver since start.</summary>
internal sealed class BusMetrics
{
    public BusMetrics(EventBus bus, IMeterFactory meters) => meters.Hub().CreateObservableCounter(
        "hmas.bus.dropped",
        () => bus.Dropped.Select(static owner => new Measurement<long>(owner.Value, new KeyValuePair<string, object?>("subscriber", owner.Key))),
        "{event}", "Events that a subscriber's full queue gave up, by subscriber");
}
