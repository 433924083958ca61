using System.Text.Json;
using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Messaging;

namespace Edge.Agent.Hosting;

/// <summary>The number of the current connect, and the birth and will that carry it.</summary>
internal sealed class PresenceSession(DeviceOptions device, string bootId, SessionCounter sessions, TimeProvider time)
{
    private long _current;

    /// <summary>0 before the first connect.</summary>
    public long Current => Interlocked.Read(ref _current);

    public PresenceWill Will() => new(Topics.Presence(device.Site, device.Id), Next, Payload);

    private long Next()
    {
        var next = sessions.Next(time);
        Interlocked.Exchange(ref _current, next);
        return next;
    }

    private ReadOnlyMemory<byte> Payload(long session, bool online) => JsonSerializer.SerializeToUtf8Bytes(
        new Presence(online, session, bootId, time.GetUtcNow().ToUnixTimeMilliseconds() * 1000), ContractsJson.Default.Presence);
}
