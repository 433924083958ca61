using Hmas.Messaging;

namespace Edge.Agent.Sync;

/// <summary>The fleet's MQTT client as a link.</summary>
internal sealed class FleetLink(FleetClient client) : IFleetLink
{
    public bool IsConnected => client.IsConnected;

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan deadline, CancellationToken ct) =>
        client.PublishAsync(topic, payload, retain, deadline, ct);

    public bool TryPublishTelemetry(string topic, ReadOnlyMemory<byte> payload) => client.TryPublishTelemetry(topic, payload);
}
