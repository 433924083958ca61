using System.Diagnostics.Metrics;

namespace Cloud.Hub.Integration;

/// <summary>Figures of the front, meter <c>Hmas.Integration</c>.</summary>
internal sealed class IntegrationMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly UpDownCounter<long> _clients;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _dropped;

    public IntegrationMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("Hmas.Integration");
        _clients = _meter.CreateUpDownCounter<long>("hmas.integration.event_stream.clients", "{client}", "WebSocket clients connected now");
        _sent = _meter.CreateCounter<long>("hmas.integration.event_stream.sent", "{event}", "Events written to WebSocket clients");
        _dropped = _meter.CreateCounter<long>("hmas.integration.event_stream.dropped", "{event}", "Events a slow WebSocket client did not get");
    }

    public void ClientCame() => _clients.Add(1);

    public void ClientWent() => _clients.Add(-1);

    public void Sent() => _sent.Add(1);

    public void Dropped(long events) => _dropped.Add(events);

    public void Dispose() => _meter.Dispose();
}
