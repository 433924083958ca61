using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Cloud.Hub.Redistribution.Rollouts.Pace;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Which devices of a group are told now: as many more as pace, bytes and maintenance windows allow. Pure.</summary>
internal static class RolloutTelling
{
    /// <summary>More devices in one minute are told all at once.</summary>
    private const double MaxPerMinute = 1e6;

    /// <summary>Devices that joined, in a minute, where the request names no pace: what nobody planned does not flood a fleet.</summary>
    private const double JoinedPerMinute = 60;

    public static RolloutState Tell(RolloutState rollout, int index, FleetSeen seen, long bytes)
    {
        var group = rollout.Groups[index];
        var (size, told) = (0, 0);
        foreach (var device in rollout.Devices)
        {
            if (device.Group != index || device.Left) continue;
            size++;
            if (device.Told) told++;
        }

        if (size == 0)
            return group.IsJoined ? rollout : RolloutStateMachine.With(
                rollout, index, group with { State = GroupState.Passed }, "none of its devices is left", null, seen.Now);
        var allowance = group.IsJoined ? JoinedAllowance(rollout, group, seen.Now) : Allowance(rollout, group, size, seen.Now);
        var left = Math.Min(Math.Min(size - told, allowance), Devices(bytes, rollout.PackageBytes));
        if (left <= 0) return rollout;
        var (open, more, devices) = (new Dictionary<string, bool>(StringComparer.Ordinal), 0, rollout.Devices.ToArray());
        for (var i = 0; i < devices.Length && more < left; i++)
        {
            var device = devices[i];
            if (device.Group != index || device.Told || !device.Held) continue;
            var twin = seen.Devices.GetValueOrDefault(device.DeviceId);
            var site = twin?.SiteId ?? "";
            if (!open.TryGetValue(site, out var isOpen)) open[site] = isOpen = MaintenanceHours.IsOpen(rollout.Request.Windows, site, seen.Now);
            if (!isOpen) continue;
            more++;
            devices[i] = Told(rollout, device, seen) with { ToldAt = group.IsJoined ? seen.Now : null };
        }

        if (more == 0) return rollout;
        rollout = rollout with { Devices = devices };
        group = group with { Since = seen.Now };
        if (group.State != GroupState.Waiting) return RolloutStateMachine.With(rollout, index, group);
        // What nothing waits for need not prove anything in shadow.
        group = (group.IsJoined ? group : ShadowProof.Ask(rollout, index, seen)) with { State = GroupState.Deploying, Since = seen.Now };
        var so = more == size ? $"{Counted.Of(size, "device")} told" : $"{more} of {Counted.Of(size, "device")} told, more by and by";
        var first = group.ShadowWindows is { } windows ? $", each compares {Counted.Of(windows, "window")} in shadow first" : "";
        return RolloutStateMachine.With(rollout, index, group, so + first, null, seen.Now);
    }

    /// <summary>Tells reserves with a group: they go over to it. Its wait goes on, and they are too few to count for its pace.</summary>
    public static RolloutState Call(RolloutState rollout, int index, IReadOnlyList<Reserve> reserves, string why, FleetSeen seen)
    {
        if (reserves.Count == 0) return rollout;
        var called = reserves.ToDictionary(static reserve => reserve.DeviceId, static reserve => reserve.Slice, StringComparer.Ordinal);
        DeviceState[] devices = [.. rollout.Devices.Select(
            device => called.TryGetValue(device.DeviceId, out var slice)
                ? Told(rollout, device, seen) with { Group = index, Called = new ReserveCall(device.Group, slice, seen.Now) } : device)];
        var named = FirstFew.Of(reserves.Select(static reserve => reserve.DeviceId));
        return RolloutStateMachine.With(
            rollout with { Devices = devices }, index, rollout.Groups[index], $"{why}; called from later groups: {named}", null, seen.Now);
    }

    private static DeviceState Told(RolloutState rollout, DeviceState device, FleetSeen seen) => device with
    {
        Told = true,
        PreviousDigest = seen.Devices.TryGetValue(device.DeviceId, out var twin) && IsWayBack(twin.CurrentDigest, rollout, seen)
            ? twin.CurrentDigest : device.PreviousDigest,
    };

    /// <summary>While anything is left of the budget one more is told, however large the package: the debt is waited off.</summary>
    private static long Devices(long bytes, long packageBytes) =>
        bytes <= 0 ? 0 : ((bytes - 1) / Math.Max(1, packageBytes)) + 1;

    /// <summary>How many devices may be told now: one to begin with, then by the rates and the time since the last.</summary>
    private static long Allowance(RolloutState rollout, GroupState group, int size, DateTimeOffset now)
    {
        if (rollout.Request.Pace is null) return size;
        return group.Since is { } since ? (long)Math.Min(size, PerMinute(rollout) * (now - since).TotalMinutes) : 1;
    }

    /// <summary>The same of those that joined: a rate holds also where there is no pace, and no more than a minute's worth is saved up.</summary>
    private static long JoinedAllowance(RolloutState rollout, GroupState group, DateTimeOffset now)
    {
        if (group.Since is not { } since) return 1;
        var perMinute = rollout.Request.Pace is null ? JoinedPerMinute : PerMinute(rollout);
        return (long)Math.Min(Math.Max(1, perMinute), perMinute * (now - since).TotalMinutes);
    }

    private static double PerMinute(RolloutState rollout)
    {
        var pace = rollout.Request.Pace!;
        var steps = pace.EveryCommitted == 0 ? 0 : rollout.Devices.Count(static device => device.State == SlotState.Committed) / pace.EveryCommitted;
        var perMinute = Math.Min(MaxPerMinute, pace.DevicesPerMinute * Math.Pow(pace.Factor, steps));
        return pace.BytesPerSecond > 0 ? Math.Min(perMinute, pace.BytesPerSecond * 60.0 / Math.Max(1, rollout.PackageBytes)) : perMinute;
    }

    /// <summary>A device can be taken back only to what the registry has; else it goes back to what it had when the rollout was made.</summary>
    private static bool IsWayBack(string? digest, RolloutState rollout, FleetSeen seen) =>
        digest is null || (digest != rollout.Request.Digest && seen.Registered.Contains(digest));
}
