using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>Makes a <see cref="FleetSeen"/> from the twins and from what Feedback knows.</summary>
internal sealed class FleetLook(IFleet fleet, IFeedback feedback, IArtefactRegistry registry, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Known> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Known> _installs = new(StringComparer.Ordinal);

    public async Task<FleetSeen> LookAsync(string digest, ArtefactKind kind, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var seen = new Dictionary<string, DeviceSeen>(devices.Count, StringComparer.Ordinal);
        var slices = new DeviceSlices();
        foreach (var device in devices) seen[device.DeviceId] = See(device, kind, slices);
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
    private DeviceSeen See(DeviceView device, ArtefactKind kind, DeviceSlices slices)
    {
        var all = ArtefactKinds.IsInstall(kind) ? _installs : _models;
        all.TryGetValue(device.DeviceId, out var known);
        var isSame = known is not null && ReferenceEquals(known.Reported, device.Reported);
        if (isSame && ReferenceEquals(known!.Desired, device.Desired) && known.Seen.Online == device.Online
            && (device.Online || known.Seen.LastSeen == device.LastSeen)) return known.Seen;
        var seen = DeviceSeen.Of(device, kind, isSame ? known!.Seen.Slices : slices.Of(device));
        all[device.DeviceId] = new Known(device.Desired, device.Reported, seen);
        return seen;
    }

    private static Dictionary<string, TruthCounts> Truth(IEnumerable<ModelQuality> rows) =>
        rows.GroupBy(static row => row.DeviceId, StringComparer.Ordinal).ToDictionary(
        static device => device.Key,
        static device => device.Aggregate(
            new TruthCounts(),
            static (sum, row) => sum + new TruthCounts(row.FalsePositives, row.TrueNegatives, row.TruePositives, row.FalseNegatives)),
        StringComparer.Ordinal);

    private sealed record Known(DesiredState? Desired, ReportedState? Reported, DeviceSeen Seen);
}
