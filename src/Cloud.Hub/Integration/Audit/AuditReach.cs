using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Integration.Audit;

/// <summary>From an artefact forward to the devices that answer with it: rollouts, and what each device says.</summary>
internal sealed class AuditReach(IRollouts rollouts, IFleet fleet)
{
    /// <summary>Devices named; the rest is a number.</summary>
    private const int MaxNamed = 1_000;

    public async Task<IReadOnlyList<AuditStep>> WalkAsync(string digest, CancellationToken cancellation)
    {
        var all = await rollouts.ListAsync(cancellation);
        var steps = new List<AuditStep>();
        foreach (var rollout in all.Where(rollout => rollout.Request.Digest == digest))
        {
            var devices = rollout.Groups.SelectMany(static group => group.Devices).ToList();
            var stopped = rollout.StoppedBy is { } by ? $" ({by})" : "";
            steps.Add(
                new("rollout", digest, rollout.RolloutId, AuditFinding.Holds,
                    $"{rollout.State}{stopped}, by {rollout.Request.RequestedBy}: {devices.Count(static device => device.Touched)} of {devices.Count} devices were changed, {devices.Count(static device => device.Restored)} went back"));
        }

        if (steps.Count == 0) steps.Add(new("rollout", digest, null, AuditFinding.Open, "no rollout has taken it"));
        var told = ByDevice(all);
        var seen = (await fleet.DevicesAsync(cancellation)).Select(device => Judge(device, digest, told)).OfType<AuditStep>().ToList();
        steps.AddRange(seen.OrderByDescending(static step => step.Finding).Take(MaxNamed));
        if (seen.Count > MaxNamed)
            steps.Add(
                new("device", digest, null, AuditFinding.Open,
                    $"and {seen.Count - MaxNamed} more, of which {seen.Skip(MaxNamed).Count(static step => step.Finding == AuditFinding.Broken)} are broken"));
        return steps;
    }

    /// <summary>What a device answers with, and how it came there.</summary>
    public async Task<IReadOnlyList<AuditStep>> WalkBackAsync(DeviceView device, CancellationToken cancellation)
    {
        if (device.Reported is not { } reported) return [new("answer", device.DeviceId, null, AuditFinding.Open, "it has not reported yet")];
        var steps = new List<AuditStep>();
        var wanted = device.Desired?.Model?.Digest;
        if (wanted is not null && !Runs(device, wanted))
        {
            var isSettled = reported.SlotState == Hmas.Contracts.Models.SlotState.Committed && reported.DesiredVersion >= device.Desired!.Version;
            steps.Add(
                new("answer", device.DeviceId, wanted, isSettled ? AuditFinding.Broken : AuditFinding.Open,
                    $"it should answer with this, and its slot says {reported.SlotState}{(reported.Refusal is { } why ? $" ({why})" : "")}"));
        }

        var told = ByDevice(await rollouts.ListAsync(cancellation));
        if (reported.ActiveDigest is { } active)
        {
            steps.Add(
                new("answer", device.DeviceId, active, AuditFinding.Holds,
                    $"start {reported.BootId}, program {reported.AgentVersion}, reported {DateTimeOffset.UnixEpoch.AddMicroseconds(reported.TimestampUs):u}"));
            steps.Add(Brought(device.DeviceId, active, told));
        }
        else
        {
            steps.Add(new("answer", device.DeviceId, null, AuditFinding.Open, "it answers with no model"));
        }

        if (reported.InstallDigest is not { } install) return steps;
        steps.Add(new("answer", device.DeviceId, install, AuditFinding.Holds, "runs beside the model"));
        steps.Add(Brought(device.DeviceId, install, told));
        return steps;
    }

    /// <summary>Null: the artefact has nothing to do with the device.</summary>
    private static AuditStep? Judge(DeviceView device, string digest, ILookup<string, Told> told)
    {
        if (Runs(device, digest)) return Brought(device.DeviceId, digest, told);
        return Of(device.DeviceId, digest, told) is { } known && known.Rollout.Request.Digest == digest && known.Rollout.EndedAt is not null
            && known.Device is { Touched: true, Restored: false }
            ? new("device", known.Rollout.RolloutId, device.DeviceId, AuditFinding.Broken,
                $"the rollout brought it there and took it back from nobody, and the device answers with {device.Reported?.ActiveDigest ?? "nothing"}")
            : null;
    }

    private static AuditStep Brought(string deviceId, string digest, ILookup<string, Told> told)
    {
        if (Of(deviceId, digest, told) is not { } known)
            return new("device", digest, deviceId, AuditFinding.Broken, "it answers with this, and no rollout of this hub brought it there");
        var (rollout, device) = known;
        if (rollout.Request.Digest == digest && device.Touched)
            return new("device", rollout.RolloutId, deviceId, AuditFinding.Holds, $"rollout {rollout.RolloutId} brought it, {device.State}");
        if (device.PreviousDigest == digest)
            return new(
                "device", rollout.RolloutId, deviceId, AuditFinding.Holds,
                device.Touched ? $"rollout {rollout.RolloutId} took it back to this" : $"rollout {rollout.RolloutId} found this on it");
        return new(
            "device", rollout.RolloutId, deviceId, AuditFinding.Broken,
            $"it answers with this, and its last rollout, {rollout.RolloutId}, brought {rollout.Request.Digest}");
    }

    private static bool Runs(DeviceView device, string digest) =>
        device.Reported is { } reported
        && (reported.ActiveDigest == digest || (reported.InstallDigest ?? ModelAssignment.SetUp) == digest);

    /// <summary>The newest rollout of a device that could have brought this or taken it away: models
    /// and what runs beside them go their own ways.</summary>
    private static Told? Of(string deviceId, string digest, ILookup<string, Told> told)
    {
        var all = told[deviceId];
        return all.FirstOrDefault(known => known.Rollout.Request.Digest == digest || known.Device.PreviousDigest == digest) is { } named
            ? all.First(known => ArtefactKinds.IsInstall(known.Rollout.Kind) == ArtefactKinds.IsInstall(named.Rollout.Kind))
            : all.FirstOrDefault();
    }

    /// <summary>By device, in the order of the rollouts.</summary>
    private static ILookup<string, Told> ByDevice(IReadOnlyList<RolloutView> newestFirst) => newestFirst
        .SelectMany(static rollout => rollout.Groups.SelectMany(static group => group.Devices).Select(device => new Told(rollout, device)))
        .ToLookup(static told => told.Device.DeviceId, StringComparer.Ordinal);

    private sealed record Told(RolloutView Rollout, RolloutDeviceView Device);
}
