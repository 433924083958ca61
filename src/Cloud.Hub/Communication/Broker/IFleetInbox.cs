using Hmas.Contracts;

namespace Cloud.Hub.Communication.Broker;

/// <summary>Where a transport hands in what devices publish.</summary>
internal interface IFleetInbox
{
    /// <summary>Takes a message; while it waits, the transport holds the sender back and acknowledges nothing.</summary>
    /// <param name="payload">Yours to keep.</param>
    /// <param name="isRetained">It stood on the broker, so it does not show that its sender is there now.</param>
    ValueTask ReceiveAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, bool isRetained, CancellationToken cancellation);

    /// <summary>Nothing is known any more of who is connected: presence, or a report, will say.</summary>
    Task BeginAsync(CancellationToken cancellation);

    /// <summary>The broker may have lost what was retained on it: everything desired is published anew.</summary>
    Task ReadyAsync(CancellationToken cancellation);
}
