using Hmas.Contracts;

namespace Cloud.Hub.Communication.Broker;

/// <summary>Where a transport hands in what devices publish.</summary>
internal interface IFleetInbox
{
    /// <summary>Takes a message; while it waits, the transport holds the sender back and acknowledges nothing.</summary>
    /// <param name="payload">Yours to keep.</param>
    ValueTask ReceiveAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation);

    /// <summary>The broker begins and nobody is connected to it.</summary>
    Task BeginAsync(CancellationToken cancellation);

    /// <summary>The broker may have lost what was retained on it: everything desired is published anew.</summary>
    Task ReadyAsync(CancellationToken cancellation);
}
