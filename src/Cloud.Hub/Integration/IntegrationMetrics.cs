using System.Diagnostics.Metrics;
using Cloud.Hub.Host.Telemetry;

namespace Cloud.Hub.Integration;

/// <summary>Figures of the front.</summary>
internal sealed class IntegrationMetrics
{
    private readonly UpDownCounter<long> _clients;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;

    public IntegrationMetrics(IMeterFactory meters)
    {
        var meter = meters.Hub();
        _clients = meter.CreateUpDownCounter<long>("hmas.integration.event_stream.clients", "{client}", "WebSocket clients connected now");
        _sent = meter.CreateCounter<long>("hmas.integration.event_stream.sent", "{event}", "Events written to WebSocket clients");
        _dropped = meter.CreateCounter<long>("hmas.integration.event_stream.dropped", "{event}", "Events a slow WebSocket client did not get");
    }

    public void ClientCame() => _clients.Add(1);

    public void ClientWent() => _clients.Add(-1);

    public void Sent() => _sent.Add(1);

    public void Dropped(long events) => _dropped.Add(events);
}
