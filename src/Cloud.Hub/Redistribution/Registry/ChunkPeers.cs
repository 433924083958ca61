using Cloud.Hub.Communication.Contract;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Which devices of a site may be asked for an artefact's chunks: they are online, answer with it or can return to it,
/// and say where.</summary>
internal sealed class ChunkPeers(IFleet fleet, TimeProvider time) : IDisposable
{
    private const int Most = 8;

    /// <summary>A look at the fleet may be so many times as old as it took: it costs as much as the fleet is large, and every device of a group
    /// asks.</summary>
    private const int AgePerCost = 20;

    private readonly SemaphoreSlim _looking = new(1);
    private ILookup<(string Site, string Digest), (string Device, string Address)>? _seen;
    private long _seenAt;
    private TimeSpan _cost;

    /// <summary>Addresses, in another order for each who asks, so that not all ask the same; none for a device that is not enrolled.</summary>
    public async Task<IReadOnlyList<string>> OfAsync(string deviceId, string digest, CancellationToken cancellation)
    {
        if (await fleet.DeviceAsync(deviceId, cancellation) is not { } asking) return [];
        return [.. (await LookAsync(cancellation))[(asking.SiteId, digest)]
            .Where(peer => peer.Device != deviceId).Select(static peer => peer.Address).Distinct(StringComparer.Ordinal)
            .OrderBy(address => HashCode.Combine(deviceId, address)).Take(Most)];
    }

    public void Dispose() => _looking.Dispose();

    private async Task<ILookup<(string Site, string Digest), (string Device, string Address)>> LookAsync(CancellationToken cancellation)
    {
        await _looking.WaitAsync(cancellation);
        try
        {
            if (_seen is not null && time.GetElapsedTime(_seenAt) < AgePerCost * _cost) return _seen;
            var began = time.GetTimestamp();
            var peers =
                from device in await fleet.DevicesAsync(cancellation)
                where device.Online && device.Reported?.Chunks is { } said && IsAddress(said)
                let reported = device.Reported!
                from digest in new[] { reported.ActiveDigest, reported.PreviousDigest }.OfType<string>()
                select (Key: (device.SiteId, digest), Peer: (device.DeviceId, reported.Chunks!));
            _seen = peers.ToLookup(static peer => peer.Key, static peer => peer.Peer);
            (_seenAt, _cost) = (time.GetTimestamp(), time.GetElapsedTime(began));
            return _seen;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>A device says its own address and no other machine's name: what is no number is not passed on.</summary>
    private static bool IsAddress(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttp && uri.AbsolutePath == "/"
        && uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6;
}
