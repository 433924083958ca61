namespace Hmas.Messaging;

/// <summary>Birth and will on one retained topic: online after the connect, offline by the broker when the
/// client vanished, offline by the client on a clean stop.</summary>
/// <param name="NextSession">Called once per connect; must grow over the whole life of the client
/// id, because a will can overtake the next birth.</param>
/// <param name="Payload">Bytes for (session, online).</param>
public sealed record PresenceWill(string Topic, Func<long> NextSession, Func<long, bool, ReadOnlyMemory<byte>> Payload)
{
    /// <summary>How long a v5 broker holds the will back: about one reconnect.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(10);
}
