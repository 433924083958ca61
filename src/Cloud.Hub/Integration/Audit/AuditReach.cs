using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;

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
        var last = Last(all);
        var seen = (await fleet.DevicesAsync(cancellation)).Select(device => Judge(device, digest, last)).OfType<AuditStep>().ToList();
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
        if (wanted is not null && wanted != reported.ActiveDigest)
        {
            var isSettled = reported.SlotState == Hmas.Contracts.Models.SlotState.Committed && reported.DesiredVersion >= device.Desired!.Version;
            steps.Add(
                new("answer", device.DeviceId, wanted, isSettled ? AuditFinding.Broken : AuditFinding.Open,
                    $"it should answer with this, and its slot says {reported.SlotState}{(reported.Refusal is { } why ? $" ({why})" : "")}"));
        }

        if (reported.ActiveDigest is not { } active)
            return [.. steps, new("answer", device.DeviceId, null, AuditFinding.Open, "it answers with no model")];
        steps.Add(
            new("answer", device.DeviceId, active, AuditFinding.Holds,
                $"start {reported.BootId}, program {reported.AgentVersion}, reported {DateTimeOffset.UnixEpoch.AddMicroseconds(reported.TimestampUs):u}"));
        steps.Add(Brought(device.DeviceId, active, Last(await rollouts.ListAsync(cancellation))));
        return steps;
    }

    /// <summary>Null: the artefact has nothing to do with the device.</summary>
    private static AuditStep? Judge(DeviceView device, string digest, Dictionary<string, (RolloutView Rollout, RolloutDeviceView Device)> last)
    {
        if (device.Reported?.ActiveDigest == digest) return Brought(device.DeviceId, digest, last);
        return last.TryGetValue(device.DeviceId, out var known) && known.Rollout.Request.Digest == digest && known.Rollout.EndedAt is not null
            && known.Device is { Touched: true, Restored: false }
            ? new("device", known.Rollout.RolloutId, device.DeviceId, AuditFinding.Broken,
                $"the rollout brought it there and took it back from nobody, and the device answers with {device.Reported?.ActiveDigest ?? "nothing"}")
            : null;
    }

    private static AuditStep Brought(string deviceId, string digest, Dictionary<string, (RolloutView Rollout, RolloutDeviceView Device)> last)
    {
        if (!last.TryGetValue(deviceId, out var known))
            return new("device", digest, deviceId, AuditFinding.Broken, "it answers with this, and no rollout of this hub brought it there");
        var (rollout, told) = known;
        if (rollout.Request.Digest == digest && told.Touched)
            return new("device", rollout.RolloutId, deviceId, AuditFinding.Holds, $"rollout {rollout.RolloutId} brought it, {told.State}");
        if (told.PreviousDigest == digest)
            return new(
                "device", rollout.RolloutId, deviceId, AuditFinding.Holds,
                told.Touched ? $"rollout {rollout.RolloutId} took it back to this" : $"rollout {rollout.RolloutId} found this on it");
        return new(
            "device", rollout.RolloutId, deviceId, AuditFinding.Broken,
            $"it answers with this, and its last rollout, {rollout.RolloutId}, brought {rollout.Request.Digest}");
    }

    /// <summary>The newest rollout of each device that told it anything, or found what it runs.</summary>
    private static Dictionary<string, (RolloutView Rollout, RolloutDeviceView Device)> Last(IReadOnlyList<RolloutView> newestFirst)
    {
        var last = new Dictionary<string, (RolloutView, RolloutDeviceView)>(StringComparer.Ordinal);
        foreach (var rollout in newestFirst)
        {
            foreach (var device in rollout.Groups.SelectMany(static group => group.Devices)) last.TryAdd(device.DeviceId, (rollout, device));
        }

        return last;
    }
}
