using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What people order of a rollout. Pure.</summary>
internal static class RolloutOrders
{
    /// <summary>What a person orders. A command that does not fit the state changes nothing.</summary>
    public static RolloutState Command(RolloutState rollout, RolloutCommand command, string who, DateTimeOffset now) =>
        (command, rollout.State) switch
    {
        (RolloutCommand.Approve, RolloutState.Scheduled) when CanApprove(rollout, who) =>
            RolloutStateMachine.To(rollout, RolloutState.Scheduled, $"approved by {who}", now) with { ApprovedBy = who },
        (RolloutCommand.Trigger, RolloutState.Running) when NextManual(rollout) is { } index =>
            RolloutStateMachine.With(rollout, index, rollout.Groups[index] with { Manual = false }, $"begun by {who}", null, now),
        (RolloutCommand.Retry, RolloutState.Running or RolloutState.Paused) => Retry(rollout, who, now),
        (RolloutCommand.Pause, RolloutState.Running) => RolloutStateMachine.To(rollout, RolloutState.Paused, $"by {who}", now),
        (RolloutCommand.Resume, RolloutState.Paused) => RolloutStateMachine.To(rollout, RolloutState.Running, $"by {who}", now) with
        {
            // The wait begins anew: nobody can be late for a gate that was closed.
            Groups = [.. rollout.Groups.Select(group => group.Since is null ? group : group with { Since = now })],
        },
        (RolloutCommand.Cancel, RolloutState.Scheduled or RolloutState.Running or RolloutState.Paused) =>
            RolloutStateMachine.End(rollout, RolloutState.Cancelled, $"by {who}; devices keep what they have", now),
        (RolloutCommand.Restore, RolloutState.Running or RolloutState.Paused or RolloutState.Completed or RolloutState.Cancelled) =>
            RolloutStateMachine.StartRestore(rollout, "operator", $"by {who}", now),
        // What was taken back in part can be taken back as a whole.
        (RolloutCommand.Restore, RolloutState.Restored) when rollout.RestoredGroup is not null =>
            RolloutStateMachine.StartRestore(rollout, "operator", $"by {who}", now),
        (RolloutCommand.Force, RolloutState.Restoring) => RolloutRestore.Force(rollout, who, now),
        _ => rollout,
    };

    /// <summary>Why a command changes nothing.</summary>
    public static string Misfit(RolloutState rollout, RolloutCommand command, string who) => command switch
    {
        RolloutCommand.Approve when rollout is { State: RolloutState.Scheduled, Request.NeedsApproval: true, ApprovedBy: null } =>
            $"{who} has requested rollout {rollout.RolloutId}: somebody else must approve it",
        RolloutCommand.Trigger when rollout.State == RolloutState.Running => $"no group of rollout {rollout.RolloutId} waits for a person now",
        RolloutCommand.Retry when rollout.State is RolloutState.Running or RolloutState.Paused =>
            $"every device of rollout {rollout.RolloutId} that was told could get the package so far",
        _ => $"rollout {rollout.RolloutId} is {rollout.State}: {command} does not fit",
    };

    /// <summary>A person takes one group back: its devices get what they had, the rollout ends with that, and the other groups keep what
    /// they have. The same state when there is no such group, or nobody of it was told.</summary>
    public static RolloutState RestoreGroup(RolloutState rollout, string group, string who, DateTimeOffset now)
    {
        if (rollout.State is not (RolloutState.Running or RolloutState.Paused or RolloutState.Completed or RolloutState.Cancelled)) return rollout;
        for (var i = 0; i < rollout.Groups.Count; i++)
        {
            if (rollout.Groups[i].Name == group && rollout.Groups[i].State != GroupState.Waiting)
                return RolloutStateMachine.StartRestore(rollout, "operator", $"group {group}, by {who}", now, i);
        }

        return rollout;
    }

    /// <summary>Only what says nothing of the model is tried again: a device that refused it, or came back from it, has shown what it does.</summary>
    private static RolloutState Retry(RolloutState rollout, string who, DateTimeOffset now)
    {
        var again = rollout.Devices.Count(static device => device is { Told: true, IsUndelivered: true });
        if (again == 0) return rollout;
        var groups = rollout.Devices.Where(static device => device is { Told: true, IsUndelivered: true }).Select(static device => device.Group)
            .ToHashSet();
        return RolloutStateMachine.To(
            rollout, rollout.State, $"{Counted.Of(again, "device")} that could not get the package told once more, by {who}", now) with
        {
            Devices =
                [.. rollout.Devices.Select(static device => device is { Told: true, IsUndelivered: true }
                    ? device with { State = null, Reason = null, Attempt = device.Attempt + 1 } : device)],
            Groups = [.. rollout.Groups.Select((group, i) => groups.Contains(i) && group.Since is not null ? group with { Since = now } : group)],
        };
    }

    /// <summary>Nobody approves what he asked for himself.</summary>
    private static bool CanApprove(RolloutState rollout, string who) =>
        rollout.Request.NeedsApproval && rollout.ApprovedBy is null && who.Length > 0 && who != rollout.Request.RequestedBy;

    /// <summary>The group whose turn it is, when it waits for a person; null otherwise.</summary>
    private static int? NextManual(RolloutState rollout)
    {
        for (var i = 0; i < rollout.Groups.Count; i++)
        {
            if (rollout.Groups[i].State != GroupState.Passed) return rollout.Groups[i] is { State: GroupState.Waiting, Manual: true } ? i : null;
        }

        return null;
    }
}
