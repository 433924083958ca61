using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What a group must show of a model before its devices swap to it: on the same windows it alarms no oftener than allowed. So one that is a
/// little worse is stopped before they change. Pure.</summary>
/// <remarks>A gate that asks for it (<see cref="GatePolicy.MinimumShadowWindows"/>) gets proof of every group, or the rollout stops. Any other
/// (<see cref="GatePolicy.LaterShadowWindows"/>) has the groups after the first compare as much, where they have the devices to do so soon, and stops
/// what alarms oftener; it demands no proof.</remarks>
internal static class ShadowProof
{
    /// <summary>By how much the alarms of a model may exceed the old one's in a later group of a gate that asks for no proof.</summary>
    public const double LaterLimit = 0.01;

    /// <summary>How much the devices of a group compare, of the minimum that proof asks for: with that alone a model as good as the old one would
    /// often not be proven, and devices fall away.</summary>
    private const double Plenty = 3;

    /// <summary>So much of the minimum is enough to tell one whose figure is above the limit.</summary>
    private const double Enough = 2.5;

    /// <summary>How much they compare where nothing is to be proven, of what decides: the quickest is not through with its own when the slowest
    /// have shown enough.</summary>
    private const double LaterPlenty = 2;

    /// <summary>So many maximum waits a later group may take to compare; one that would take longer is not asked to. Two hours by default: with 5 %
    /// of a fleet of ten thousand online its second group takes a hundred minutes.</summary>
    private const double MostWaits = 4;

    private const int MaxWindows = 1_000_000;

    /// <summary>What a group is asked to compare, as it is told.</summary>
    /// <param name="index">Of the group.</param>
    /// <returns>The group; its <see cref="GroupState.ShadowWindows"/> stay null where it compares as many as the request says.</returns>
    public static GroupState Ask(RolloutState rollout, int index, FleetSeen seen)
    {
        var (group, gate) = (rollout.Groups[index], rollout.Request.Gate);
        var together = gate.MinimumShadowWindows > 0 ? Plenty * gate.MinimumShadowWindows : LaterPlenty * Later(gate, index);
        if (together <= 0 || !rollout.HasWindows) return group;
        // One that had no model has nothing to compare with.
        var able = rollout.Devices.Count(device => device.Group == index && device.PreviousDigest is not null
            && seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online);
        var each = (int)Math.Clamp(Math.Ceiling(together / Math.Max(1, able)), rollout.Request.ShadowWindows, MaxWindows);
        if (gate.MinimumShadowWindows > 0) return group with { ShadowWindows = each };
        var perSecond = WindowsPerSecond(rollout, index, seen);
        return able == 0 || perSecond * MostWaits * gate.MaximumWait.TotalSeconds < each
            ? group : group with { ShadowWindows = each, ComparingTime = TimeSpan.FromSeconds(each / perSecond) };
    }

    /// <summary>The group has compared so much that those of its devices that lag are not waited for.</summary>
    public static bool IsEnough(GatePolicy gate, GroupState group)
    {
        var decisive = Decisive(gate, group);
        return decisive > 0 && group.Tests.TryGetValue(GateLimits.ShadowAlarms, out var pairs)
            && pairs.Whole.Trials * gate.WindowsPerEpisode >= decisive;
    }

    /// <param name="isOver">Nobody compares any more.</param>
    /// <returns>True: within the limit, or not asked. False: above it, enough was compared to say so; or proof is asked for, and no
    /// more windows will give it. Null: more windows decide.</returns>
    public static bool? Verdict(GatePolicy gate, GroupState group, bool isOver)
    {
        if (Decisive(gate, group) <= 0) return true;
        var isProof = gate.MinimumShadowWindows > 0;
        var limit = isProof ? gate.LimitOf(GateLimits.ShadowAlarms) : LaterLimit;
        if (limit >= 1) return true;
        if (!group.Tests.TryGetValue(GateLimits.ShadowAlarms, out var pairs)) return isOver ? !isProof : null;
        if (IsEnough(gate, group) && (pairs.Whole.Value > limit || !isProof)) return pairs.Whole.Value <= limit;
        if (isProof && PairInterval.Upper(pairs.Whole, group.Tests[GateLimits.ShadowDisagreement].Whole) <= limit) return true;
        return isOver ? !isProof : null;
    }

    /// <summary>Windows after which a figure above the limit is a stop; 0: it is not asked for.</summary>
    private static double Decisive(GatePolicy gate, GroupState group) =>
        gate.MinimumShadowWindows > 0 ? Enough * gate.MinimumShadowWindows : group.ComparingTime is null ? 0 : gate.LaterShadowWindows;

    /// <summary>A limit that somebody has set is the one that holds.</summary>
    private static int Later(GatePolicy gate, int index) =>
        index > 0 && !gate.Limits.ContainsKey(GateLimits.ShadowAlarms) ? gate.LaterShadowWindows : 0;

    /// <summary>Of a device of the groups before, on average since the rollout began: machines that stood still count.</summary>
    private static double WindowsPerSecond(RolloutState rollout, int index, FleetSeen seen)
    {
        var seconds = (seen.Now - rollout.StartedAt).TotalSeconds;
        var answered = rollout.Devices.Where(device => !device.IsControl && device.Group < index && device.Sum is not null)
            .Select(static device => device.Sum!.Windows + (device.Before?.Windows ?? 0)).ToList();
        return answered.Count == 0 || seconds <= 0 ? 0 : answered.Average() / seconds;
    }
}
