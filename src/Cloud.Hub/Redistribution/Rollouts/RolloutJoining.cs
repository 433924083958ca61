using Cloud.Hub.Redistribution.Rollouts.Planning;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Devices that come to a running rollout's aim, and those that are no longer there. Pure, and safe to repeat.</summary>
/// <remarks>Those that join are a group of their own, told when the last group is: no canary, no control, and no group's share or
/// evidence changes because of them. The rollout completes without those that are not told by then.</remarks>
internal static class RolloutJoining
{
    /// <summary>The same state when nobody came or left.</summary>
    public static RolloutState Take(RolloutState rollout, RolloutAim aim, DateTimeOffset now)
    {
        if (rollout.State != RolloutState.Running) return rollout;
        rollout = Leave(rollout, aim.Matching);
        if (aim.Joiners.Count == 0) return rollout;
        if (rollout.JoinedGroup is not { } index)
        {
            index = rollout.Groups.Count;
            rollout = rollout with { Groups = [
                .. rollout.Groups, new GroupState { Name = GroupState.Joined, State = GroupState.Waiting, IsJoined = true }] };
        }

        // Last of all: a device keeps its place for good, on disk too.
        rollout = rollout with { Devices = [.. rollout.Devices, .. aim.Joiners.Select(joiner => new DeviceState
        {
            DeviceId = joiner.DeviceId, Group = index, PreviousDigest = joiner.PreviousDigest, AnsweringDigest = joiner.PreviousDigest, Held = true,
        })] };
        var named = FirstFew.Of(aim.Joiners.Select(static joiner => joiner.DeviceId));
        return RolloutStateMachine.To(rollout, rollout.State, $"{Counted.Of(aim.Joiners.Count, "device")} joined: {named}", now);
    }

    /// <summary>A later rollout that has proven its artefact takes the place of a continuous one whose aim it covers.</summary>
    public static bool TakesPlace(RolloutState later, RolloutState open) =>
        later.Kind == open.Kind && (later.State == RolloutState.Completed || (later.OpenSince is not null && !later.HasEnded))
        && later.Request.DeviceIds.Count == 0
        && (later.Request.SiteId is null || later.Request.SiteId == open.Request.SiteId)
        && (later.Request.Where is null || later.Request.Where == open.Request.Where);

    /// <summary>Who is not told yet and no longer meant is not told and waited for; who is meant again is. One that was told
    /// stays: it is watched and can be taken back.</summary>
    private static RolloutState Leave(RolloutState rollout, IReadOnlySet<string> matching)
    {
        DeviceState[]? devices = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if (device.Told || device.IsControl || device.Left != matching.Contains(device.DeviceId)) continue;
            devices ??= [.. rollout.Devices];
            devices[i] = device with { Left = !device.Left, Held = device.Left };
        }

        return devices is null ? rollout : rollout with { Devices = devices };
    }
}
