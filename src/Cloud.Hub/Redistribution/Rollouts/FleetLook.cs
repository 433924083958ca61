using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Makes a <see cref="FleetSeen"/> from the twins and from what Feedback knows.</summary>
internal sealed class FleetLook(IFleet fleet, IFeedback feedback, TimeProvider time)
{
    public async Task<FleetSeen> LookAsync(string digest, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var quality = await feedback.QualityAsync(cancellation);
        return new FleetSeen(
            time.GetUtcNow(),
            devices.ToDictionary(static device => device.DeviceId, See, StringComparer.Ordinal),
            quality.Where(row => row.Digest == digest).GroupBy(static row => row.DeviceId, StringComparer.Ordinal)
                .ToDictionary(static rows => rows.Key, static rows => (rows.Sum(static row => row.FalsePositives), rows.Sum(static row => row.TrueNegatives)), StringComparer.Ordinal));
    }

    public static DeviceSeen See(DeviceView device) => new()
    {
        DeviceId = device.DeviceId,
        Online = device.Online,
        HasReported = device.Reported is not null,
        ActiveDigest = device.Reported?.ActiveDigest,
        Hardware = device.Reported?.Hardware,
        SlotState = device.Reported?.SlotState ?? default,
        Refusal = device.Reported?.Refusal,
        DesiredDigest = device.Desired?.Model?.Digest,
        DesiredRolloutId = device.Desired?.Model?.RolloutId,
        DesiredIsRestore = device.Desired?.Model?.Restore ?? false,
        IsUpToDate = device.Reported is { } reported && device.Desired is { } desired && reported.DesiredVersion >= desired.Version,
    };
}
