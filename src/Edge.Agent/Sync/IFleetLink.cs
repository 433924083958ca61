namespace Edge.Agent.Sync;

/// <summary>The part of the fleet's MQTT client that uplink and downlink use.</summary>
internal interface IFleetLink
{
    bool IsConnected { get; }

    /// <summary>QoS 1; completes when the broker has it.</summary>
    /// <exception cref="Hmas.Messaging.MessagingException">Not handed over.</exception>
    Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan deadline, CancellationToken ct);

    /// <summary>QoS 0, the oldest queued one is dropped when there is no room.</summary>
    bool TryPublishTelemetry(string topic, ReadOnlyMemory<byte> payload);
}
