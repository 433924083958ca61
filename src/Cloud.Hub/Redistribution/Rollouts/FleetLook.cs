using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Makes a <see cref="FleetSeen"/> from the twins and from what Feedback knows.</summary>
internal sealed class FleetLook(IFleet fleet, IFeedback feedback, IArtefactRegistry registry, TimeProvider time)
{
    /// <summary>Tags of a device that it is judged by.</summary>
    private const int MaxTags = 8;

    private readonly ConcurrentDictionary<string, (DesiredState? Desired, ReportedState? Reported, DeviceSeen Seen)> _known = new(
        StringComparer.Ordinal);

    public async Task<FleetSeen> LookAsync(string digest, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var seen = new Dictionary<string, DeviceSeen>(devices.Count, StringComparer.Ordinal);
        foreach (var device in devices) seen[device.DeviceId] = Known(device);
        var quality = await feedback.QualityAsync(cancellation);
        return new FleetSeen(time.GetUtcNow(), seen, Truth(quality.Where(row => row.Digest == digest)))
        {
            OtherTruth = Truth(quality.Where(row => row.Digest != digest)),
            Registered = await RegisteredAsync(seen.Values, cancellation),
            IsQuarantined = await registry.FindAsync(digest, cancellation) is { Quarantined: true },
        };
    }

    private async Task<HashSet<string>> RegisteredAsync(IEnumerable<DeviceSeen> devices, CancellationToken cancellation)
    {
        var registered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var digest in devices.Select(static device => device.CurrentDigest).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await registry.FindAsync(digest, cancellation) is { Quarantined: false }) registered.Add(digest);
        }

        return registered;
    }

    /// <summary>Made anew only when its twin changed: twins are immutable, and most of a large fleet says nothing between two looks.</summary>
    private DeviceSeen Known(DeviceView device)
    {
        if (_known.TryGetValue(device.DeviceId, out var known) && ReferenceEquals(known.Desired, device.Desired)
            && ReferenceEquals(known.Reported, device.Reported) && known.Seen.Online == device.Online
            && (device.Online || known.Seen.LastSeen == device.LastSeen)) return known.Seen;
        var seen = See(device);
        _known[device.DeviceId] = (device.Desired, device.Reported, seen);
        return seen;
    }

    public static DeviceSeen See(DeviceView device) => new()
    {
        DeviceId = device.DeviceId,
        SiteId = device.SiteId,
        Online = device.Online,
        HasReported = device.Reported is not null,
        ActiveDigest = device.Reported?.ActiveDigest,
        Hardware = device.Reported?.Hardware,
        BootId = device.Reported?.BootId,
        ResidentBytes = device.Reported?.Counters.ResidentBytes ?? 0,
        Vitals = device.Reported?.Vitals,
        ReportedUs = device.Reported?.TimestampUs ?? 0,
        LastSeen = device.LastSeen,
        Slices = SlicesOf(device),
        SlotState = device.Reported?.SlotState ?? default,
        Refusal = device.Reported?.Refusal,
        DesiredDigest = device.Desired?.Model?.Digest,
        DesiredRolloutId = device.Desired?.Model?.RolloutId,
        DesiredIsRestore = device.Desired?.Model?.Restore ?? false,
        DesiredAttempt = device.Desired?.Model?.Attempt ?? 0,
        IsUpToDate = device.Reported is { } reported && device.Desired is { } desired && reported.DesiredVersion >= desired.Version,
    };

    private static string[] SlicesOf(DeviceView device) =>
    [
        $"site={device.SiteId}",
        .. device.Reported?.Hardware is { } hardware ? [$"hardware={hardware}"] : Array.Empty<string>(),
        .. (device.Reported?.Tags ?? new Dictionary<string, string>()).OrderBy(static tag => tag.Key, StringComparer.Ordinal).Take(MaxTags)
            .Select(static tag => $"tag.{tag.Key}={tag.Value}"),
    ];

    private static Dictionary<string, TruthCounts> Truth(IEnumerable<ModelQuality> rows) =>
        rows.GroupBy(static row => row.DeviceId, StringComparer.Ordinal).ToDictionary(
        static device => device.Key,
        static device => device.Aggregate(
            new TruthCounts(),
            static (sum, row) => sum + new TruthCounts(row.FalsePositives, row.TrueNegatives, row.TruePositives, row.FalseNegatives)),
        StringComparer.Ordinal);
}
