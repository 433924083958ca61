namespace Cloud.Hub.Communication.Broker;

/// <summary>How the hub speaks with its devices: through the broker in this process, or as a client of another.</summary>
internal interface IFleetTransport : IAsyncDisposable
{
    /// <summary>Whether devices can reach the hub through it now.</summary>
    bool IsUp { get; }

    /// <summary>Begins to hand messages to the inbox.</summary>
    Task StartAsync(IFleetInbox inbox, CancellationToken cancellation);

    /// <summary>Sends at QoS 1 and returns when the broker has taken it.</summary>
    /// <param name="expiry">The broker may forget it after this.</param>
    /// <exception cref="Hmas.Messaging.MessagingException">Not handed over.</exception>
    Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? expiry, CancellationToken cancellation);

    /// <summary>Ends a device's connection where the transport can.</summary>
    Task DisconnectAsync(string deviceId);

    /// <summary>Stops taking messages; nothing reaches the inbox after it returns.</summary>
    Task StopAsync();
}
