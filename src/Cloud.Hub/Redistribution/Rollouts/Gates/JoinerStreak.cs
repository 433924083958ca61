using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>How devices that joined a continuous rollout fare, one after the other: the gate of those that come by ones and twos, too few
/// at a time for shares to say anything. Pure.</summary>
internal static class JoinerStreak
{
    /// <summary>So many in a row that did not take it pause the rollout.</summary>
    private const int Most = 3;

    /// <summary>Why it pauses; null: no reason. Those that were told before a person resumed it count no longer.</summary>
    public static string? Fault(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.JoinedGroup is not { } index) return null;
        var resumed = rollout.Transitions.LastOrDefault(static move => move is { From: RolloutState.Paused, To: RolloutState.Running })?.At;
        var bad = new List<string>();
        foreach (var device in rollout.Devices.Where(device => device.Group == index && device.ToldAt is { } at && !(at <= resumed))
            .OrderByDescending(static device => device.ToldAt))
        {
            if (HasTaken(rollout, device)) return null;
            if (Failure(rollout, device, seen) is not { } failure) continue;
            bad.Add($"{device.DeviceId} ({failure})");
            if (bad.Count == Most) return $"{Most} devices that joined, one after the other, did not take it: {string.Join(", ", bad)}";
        }

        return null;
    }

    private static bool HasTaken(RolloutState rollout, DeviceState device) =>
        !device.HasEnded && (rollout.HasWindows
            ? device.State == SlotState.Committed : device.HealthyTime >= rollout.Request.Gate.MinimumHealthyTime);

    /// <summary>Null: it is still on its way, or away.</summary>
    private static string? Failure(RolloutState rollout, DeviceState device, FleetSeen seen)
    {
        if (device.HasEnded) return device.Reason ?? "returned";
        if (Heartbeats.IsLost(rollout, device, seen)) return "lost";
        var isHeard = seen.Devices.TryGetValue(device.DeviceId, out var twin) && (twin.Online || twin.LastSeen > device.ToldAt);
        return isHeard && !device.HasSpoken && seen.Now - device.ToldAt >= rollout.Request.Gate.MaximumWait ? "silent" : null;
    }
}
