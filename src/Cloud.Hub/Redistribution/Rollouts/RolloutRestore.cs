using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Taking the devices of a rollout back. Pure.</summary>
/// <remarks>
/// A device that is away must not stand in the way of the next rollout (aws-greengrass-nucleus #1203): once its way back stands in its
/// desired state, which it finds when it comes, the rollout lets it go. The rollout itself stays
/// open until each changed device answers with what it had, or is another rollout's, or a person ends it.
/// </remarks>
internal static class RolloutRestore
{
    public static RolloutState GoOn(RolloutState rollout, FleetSeen seen)
    {
        var since = rollout.Transitions.Last(static move => move.To == RolloutState.Restoring).At;
        var isLong = seen.Now - since >= rollout.Request.Gate.MaximumWait;
        DeviceState[]? changed = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if (!device.Held || !MayGo(device, seen.Devices.GetValueOrDefault(device.DeviceId), isLong)) continue;
            changed ??= [.. rollout.Devices];
            changed[i] = device with { Held = false };
        }

        if (changed is not null) rollout = rollout with { Devices = changed };
        if (rollout.Devices.Any(device => rollout.IsToGoBack(device) && IsOnItsWay(device, seen))) return rollout;
        var touched = rollout.Devices.Count(device => device.Touched && rollout.IsToGoBack(device));
        var back = rollout.Devices.Count(device => device is { Touched: true, Back: true } && rollout.IsToGoBack(device));
        var kept = rollout.RestoredGroup is { } group ? $" of group {rollout.Groups[group].Name}" : "";
        return End(
            rollout, back == touched
                ? $"{Counted.Of(touched, "changed device")}{kept} back at what was there before" : $"{back} of {Counted.Of(touched, "changed device")}{kept} back at what was there before, the others another rollout's", seen.Now);
    }

    /// <summary>A person has waited long enough: what is on its way back finds so in its desired state when it comes.</summary>
    public static RolloutState Force(RolloutState rollout, string who, DateTimeOffset now)
    {
        var away = rollout.Devices.Count(device => device is { Touched: true, Back: false } && rollout.IsToGoBack(device));
        return End(rollout, $"ended by {who}; {Counted.Of(away, "changed device")} still on the way back", now);
    }

    private static bool MayGo(DeviceState device, DeviceSeen? twin, bool isLong)
    {
        if (!device.Told || twin is null) return true;
        var isTold = twin.DesiredDigest == device.PreviousDigest && (twin.DesiredIsRestore || twin.DesiredDigest is null);
        return isTold && (device.Back || !twin.Online || isLong);
    }

    /// <summary>It changed, does not answer with what it had yet, and nobody has told it something else since it was let go.</summary>
    private static bool IsOnItsWay(DeviceState device, FleetSeen seen) =>
        device is { Told: true, Touched: true, Back: false } && seen.Devices.TryGetValue(device.DeviceId, out var twin)
        && (device.Held || twin.DesiredDigest == device.PreviousDigest);

    private static RolloutState End(RolloutState rollout, string reason, DateTimeOffset now)
    {
        var groups = rollout.Groups.Select((group, index) =>
            group.State != GroupState.Waiting && rollout.Devices.Any(device => device.Group == index && rollout.IsToGoBack(device))
                ? group with { State = GroupState.Restored } : group);
        return RolloutStateMachine.End(rollout with { Groups = [.. groups] }, RolloutState.Restored, reason, now);
    }
}
