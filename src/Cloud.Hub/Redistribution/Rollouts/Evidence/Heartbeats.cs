using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>Evidence of what answers no windows: firmware, an agent's program, rules, a configuration. Each report of a device
/// says what runs on it, since which start, and how its machine fares. Pure.</summary>
internal static class Heartbeats
{
    /// <summary>Reports counted in the time that a device must be healthy; what comes quicker says no more.</summary>
    private const int Counted = 10;

    /// <summary>Takes in a device's newest report, whether it has been told or is compared with.</summary>
    public static DeviceState Take(RolloutState rollout, DeviceState device, DeviceSeen twin, DateTimeOffset now)
    {
        var last = device.Heartbeat;
        if (rollout.State == RolloutState.Restoring || !twin.Online || twin.ReportedUs == last?.ReportedUs) return device;
        var isNew = device.Told && twin.ActiveDigest == rollout.Request.Digest;
        if (!isNew && twin.ActiveDigest != device.PreviousDigest) return device;
        var gate = rollout.Request.Gate;
        var since = isNew && device.State == SlotState.Committed
            ? last is { HealthySince: { } known } && last.BootId == twin.BootId ? known : now : (DateTimeOffset?)null;
        if (last is not null && now - last.At < gate.MinimumHealthyTime / Counted && since == last.HealthySince && last.BootId == twin.BootId)
            return device;
        var report = new ModelEvidence
        {
            Digest = twin.ActiveDigest ?? "", BootId = twin.BootId ?? "", RunId = "", FromUs = twin.ReportedUs, ToUs = twin.ReportedUs, Windows = 0,
            AlarmWindows = 0, ResidentBytes = twin.ResidentBytes, Vitals = twin.Vitals,
        };
        if (EvidenceRules.Fault(report) is { } fault) return device with { Distrust = device.Distrust ?? fault };
        device = device with { Heartbeat = new Heartbeat(twin.ReportedUs, now, twin.BootId, since) };
        // The start that brings the new one is no restart.
        return isNew
            ? device with { Sum = (device.Sum ?? new EvidenceSum()).Plus(
                report, gate, device.Before is { } before ? before with { BootId = null } : null) }
            : device with { Before = (device.Before ?? new EvidenceSum()).Plus(report, gate, null) };
    }

    /// <summary>Share of the devices with what the group had before, heard of since the rollout began, that are
    /// not heard of now: what goes missing without anything new.</summary>
    public static double ControlLost(RolloutState rollout, FleetSeen seen)
    {
        var (heard, lost) = (0, 0);
        foreach (var device in rollout.Devices)
        {
            if (!rollout.IsCompared(device) || !seen.Devices.TryGetValue(device.DeviceId, out var twin)
                || (!twin.Online && !(twin.LastSeen >= rollout.StartedAt)))
                continue;
            heard++;
            if (IsAway(rollout, twin, seen)) lost++;
        }

        return heard == 0 ? 0 : (double)lost / heard;
    }

    /// <summary>It began, and has not been heard of for longer than a heartbeat may take.</summary>
    public static bool IsLost(RolloutState rollout, DeviceState device, FleetSeen seen) =>
        device is { Told: true, HasSpoken: true, HasEnded: false } && seen.Devices.TryGetValue(device.DeviceId, out var twin)
        && IsAway(rollout, twin, seen);

    private static bool IsAway(RolloutState rollout, DeviceSeen twin, FleetSeen seen) =>
        !twin.Online && seen.Now - (twin.LastSeen ?? DateTimeOffset.MinValue) > rollout.Request.Gate.MaximumHeartbeatAge;
}
