using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Makes a <see cref="FleetSeen"/> from the twins and from what Feedback knows.</summary>
internal sealed class FleetLook(IFleet fleet, IFeedback feedback, IArtefactRegistry registry, TimeProvider time)
{
    /// <summary>Tags of a device that it is judged by.</summary>
    private const int MaxTags = 8;

    public async Task<FleetSeen> LookAsync(string digest, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var quality = await feedback.QualityAsync(cancellation);
        return new FleetSeen(time.GetUtcNow(), devices.ToDictionary(static device => device.DeviceId, See, StringComparer.Ordinal), Truth(quality.Where(row => row.Digest == digest)))
        {
            OtherTruth = Truth(quality.Where(row => row.Digest != digest)),
            Registered = await RegisteredAsync(devices, cancellation),
            IsQuarantined = await registry.FindAsync(digest, cancellation) is { Quarantined: true },
        };
    }

    private async Task<HashSet<string>> RegisteredAsync(IReadOnlyList<DeviceView> devices, CancellationToken cancellation)
    {
        var registered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var digest in devices.Select(static device => See(device).CurrentDigest).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await registry.FindAsync(digest, cancellation) is { Quarantined: false }) registered.Add(digest);
        }

        return registered;
    }

    public static DeviceSeen See(DeviceView device) => new()
    {
        DeviceId = device.DeviceId,
        Online = device.Online,
        HasReported = device.Reported is not null,
        ActiveDigest = device.Reported?.ActiveDigest,
        Hardware = device.Reported?.Hardware,
        Slices = SlicesOf(device),
        SlotState = device.Reported?.SlotState ?? default,
        Refusal = device.Reported?.Refusal,
        DesiredDigest = device.Desired?.Model?.Digest,
        DesiredRolloutId = device.Desired?.Model?.RolloutId,
        DesiredIsRestore = device.Desired?.Model?.Restore ?? false,
        IsUpToDate = device.Reported is { } reported && device.Desired is { } desired && reported.DesiredVersion >= desired.Version,
    };

    private static string[] SlicesOf(DeviceView device) =>
    [
        $"site={device.SiteId}",
        .. device.Reported?.Hardware is { } hardware ? [$"hardware={hardware}"] : Array.Empty<string>(),
        .. (device.Reported?.Tags ?? new Dictionary<string, string>()).OrderBy(static tag => tag.Key, StringComparer.Ordinal).Take(MaxTags).Select(static tag => $"tag.{tag.Key}={tag.Value}"),
    ];

    private static Dictionary<string, TruthCounts> Truth(IEnumerable<ModelQuality> rows) => rows.GroupBy(static row => row.DeviceId, StringComparer.Ordinal).ToDictionary(
        static device => device.Key,
        static device => device.Aggregate(new TruthCounts(), static (sum, row) => sum + new TruthCounts(row.FalsePositives, row.TrueNegatives, row.TruePositives, row.FalseNegatives)),
        StringComparer.Ordinal);
}
