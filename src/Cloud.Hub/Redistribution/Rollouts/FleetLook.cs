using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Makes a <see cref="FleetSeen"/> from the twins and from what Feedback knows.</summary>
internal sealed class FleetLook(IFleet fleet, IFeedback feedback, IArtefactRegistry registry, TimeProvider time)
{
    /// <summary>Tags of a device that it is judged by.</summary>
    private const int MaxTags = 8;

    private readonly ConcurrentDictionary<(string DeviceId, bool IsInstall), (DesiredState? Desired, ReportedState? Reported, DeviceSeen Seen)>
        _known = new();

    public async Task<FleetSeen> LookAsync(string digest, ArtefactKind kind, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var seen = new Dictionary<string, DeviceSeen>(devices.Count, StringComparer.Ordinal);
        foreach (var device in devices) seen[device.DeviceId] = Known(device, kind);
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
        var registered = new HashSet<string>(StringComparer.Ordinal) { ModelAssignment.SetUp };
        foreach (var digest in devices.Select(static device => device.CurrentDigest).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await registry.FindAsync(digest, cancellation) is { Quarantined: false }) registered.Add(digest);
        }

        return registered;
    }

    /// <summary>Made anew only when its twin changed: twins are immutable, and most of a large fleet says nothing between two looks.</summary>
    private DeviceSeen Known(DeviceView device, ArtefactKind kind)
    {
        var key = (device.DeviceId, ArtefactKinds.IsInstall(kind));
        if (_known.TryGetValue(key, out var known) && ReferenceEquals(known.Desired, device.Desired)
            && ReferenceEquals(known.Reported, device.Reported) && known.Seen.Online == device.Online
            && (device.Online || known.Seen.LastSeen == device.LastSeen)) return known.Seen;
        var seen = See(device, kind);
        _known[key] = (device.Desired, device.Reported, seen);
        return seen;
    }

    /// <param name="kind">What a rollout brings: a device's model, what runs beside it, and firmware are looked at apart, though one wish
    /// stands in its desired state at a time.</param>
    public static DeviceSeen See(DeviceView device, ArtefactKind kind)
    {
        var isInstall = ArtefactKinds.IsInstall(kind);
        var desired = device.Desired?.Model is { } model && ArtefactKinds.IsInstall(model.Kind) == isInstall ? model : null;
        return new()
        {
            DeviceId = device.DeviceId,
            SiteId = device.SiteId,
            Online = device.Online,
            HasReported = device.Reported is not null,
            ActiveDigest = isInstall && device.Reported is not null
                ? device.Reported.InstallDigest ?? ModelAssignment.SetUp : device.Reported?.ActiveDigest,
            SetUpDigest = isInstall ? ModelAssignment.SetUp : null,
            Hardware = device.Reported?.Hardware,
            BootId = device.Reported?.BootId,
            ResidentBytes = device.Reported?.Counters.ResidentBytes ?? 0,
            Vitals = device.Reported?.Vitals,
            ReportedUs = device.Reported?.TimestampUs ?? 0,
            LastSeen = device.LastSeen,
            Slices = SlicesOf(device),
            SlotState = device.Reported?.SlotState ?? default,
            Refusal = device.Reported?.Refusal,
            DesiredDigest = desired?.Digest,
            DesiredRolloutId = desired?.RolloutId,
            DesiredIsRestore = desired?.Restore ?? false,
            DesiredAttempt = desired?.Attempt ?? 0,
            IsUpToDate = device.Reported is { } reported && device.Desired is { } known && reported.DesiredVersion >= known.Version,
        };
    }

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
