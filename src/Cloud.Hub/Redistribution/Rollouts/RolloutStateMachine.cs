using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a rollout does next. Pure: state, facts, one look at the fleet and the time go in; the next state and what devices should be told come out.</summary>
internal static class RolloutStateMachine
{
    private const string Whole = "rollout";

    /// <param name="groups">From <see cref="GroupPlanner"/>.</param>
    /// <param name="previous">What each device answers with now; null: nothing.</param>
    public static RolloutState Begin(
        string rolloutId, RolloutRequest request, IReadOnlyList<(string Name, IReadOnlyList<string> Devices)> groups,
        IReadOnlyDictionary<string, string?> previous, DateTimeOffset now) => new()
        {
            RolloutId = rolloutId,
            Request = request,
            State = RolloutState.Running,
            StartedAt = now,
            Groups = [.. groups.Select(static group => new GroupState { Name = group.Name, State = GroupState.Waiting })],
            Devices = [.. groups.SelectMany((group, index) => group.Devices.Select(id => new DeviceState { DeviceId = id, Group = index, PreviousDigest = previous[id], AnsweringDigest = previous[id] }))],
            Transitions = [new(now, Whole, "", RolloutState.Running, $"{request.Reason} ({request.RequestedBy})", null)],
        };

    /// <summary>Takes in what a device said. Order between devices does not matter.</summary>
    public static RolloutState Observe(RolloutState rollout, RolloutFact fact)
    {
        if (rollout.HasEnded) return rollout;
        var index = IndexOf(rollout, fact.DeviceId);
        var device = index < 0 ? null : rollout.Devices[index];
        if (fact.Report is { } report && device is { Told: true }) return With(rollout, index, Told(rollout, device, report));
        if (fact.Evidence is not { Windows: > 0 } evidence || rollout.State == RolloutState.Restoring) return rollout;
        if (device is { Told: true })
        {
            return evidence.Digest != rollout.Request.Digest
                ? rollout
                : With(rollout, index, device with { Touched = true, AnsweringDigest = evidence.Digest, Sum = device.Sum.Plus(evidence) });
        }

        return evidence.Digest == rollout.Request.Digest ? rollout : rollout with
        {
            Control = rollout.Control.Plus(evidence),
            Groups = [.. rollout.Groups.Select(group => group.State is GroupState.Deploying or GroupState.Observing ? group with { Control = group.Control.Plus(evidence) } : group)],
        };
    }

    /// <summary>Moves on as far as what is known allows; the same state when nothing changes.</summary>
    public static RolloutState Advance(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.HasEnded) return rollout;
        rollout = Look(rollout, seen);
        return rollout.State == RolloutState.Restoring ? FinishRestore(rollout, seen.Now) : Forward(rollout, seen);
    }

    /// <summary>What a person orders. A command that does not fit the state changes nothing.</summary>
    public static RolloutState Command(RolloutState rollout, RolloutCommand command, string who, DateTimeOffset now) => (command, rollout.State) switch
    {
        (RolloutCommand.Pause, RolloutState.Running) => To(rollout, RolloutState.Paused, $"by {who}", now),
        (RolloutCommand.Resume, RolloutState.Paused) => To(rollout, RolloutState.Running, $"by {who}", now) with
        {
            // The wait begins anew: nobody can be late for a gate that was closed.
            Groups = [.. rollout.Groups.Select(group => group.Since is null ? group : group with { Since = now })],
        },
        (RolloutCommand.Cancel, RolloutState.Running or RolloutState.Paused) => To(rollout, RolloutState.Cancelled, $"by {who}; devices keep what they have", now) with { EndedAt = now },
        (RolloutCommand.Restore, RolloutState.Running or RolloutState.Paused or RolloutState.Completed or RolloutState.Cancelled) =>
            StartRestore(rollout, "operator", $"by {who}", now),
        _ => rollout,
    };

    /// <summary>Whose desired state is not what this rollout wants. Level-triggered: asked again until it is so, and safe to carry out twice.</summary>
    public static IReadOnlyList<WantedModel> Wanted(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.State is RolloutState.Completed or RolloutState.Restored or RolloutState.Cancelled) return [];
        var back = rollout.State == RolloutState.Restoring;
        var wanted = new List<WantedModel>();
        foreach (var device in rollout.Devices)
        {
            if (!device.Told || !seen.Devices.TryGetValue(device.DeviceId, out var twin)) continue;
            var digest = back ? device.PreviousDigest : rollout.Request.Digest;
            var isSo = twin.DesiredDigest == digest && (digest is null || (twin.DesiredIsRestore == back && twin.DesiredRolloutId == rollout.RolloutId));
            if (!isSo) wanted.Add(new WantedModel(device.DeviceId, digest, back));
        }

        return wanted;
    }

    private static DeviceState Told(RolloutState rollout, DeviceState device, SlotReport report)
    {
        var digest = rollout.Request.Digest;
        device = device with { AnsweringDigest = report.AnsweringDigest, Touched = device.Touched || report.AnsweringDigest == digest };
        if (report.Digest != digest) return device;
        return device with
        {
            State = report.State,
            Reason = report.Reason is null ? device.Reason : report.Detail is null ? report.Reason : $"{report.Reason}: {report.Detail}",
            Touched = device.Touched || report.State is SlotState.Active or SlotState.Committed or SlotState.Returned,
            SwapMs = report.SwapMs ?? device.SwapMs,
        };
    }

    /// <summary>Takes in the twins: they hold also when a fact was missed while the hub was down.</summary>
    private static RolloutState Look(RolloutState rollout, FleetSeen seen)
    {
        var digest = rollout.Request.Digest;
        DeviceState[]? changed = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if (!device.Told || !seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.HasReported) continue;
            var next = device with { AnsweringDigest = twin.ActiveDigest, Touched = device.Touched || twin.ActiveDigest == digest };
            if (rollout.State == RolloutState.Restoring)
            {
                next = next with { Back = twin.IsUpToDate && twin.ActiveDigest == device.PreviousDigest && twin.DesiredDigest == device.PreviousDigest };
            }
            else if (twin.IsUpToDate && twin.DesiredRolloutId == rollout.RolloutId)
            {
                // A failure stays one: the twin may still be from before it.
                if (!next.HasFailed && twin.ActiveDigest == digest && twin.SlotState == SlotState.Committed) next = next with { State = SlotState.Committed };
                if (twin.ActiveDigest != digest && twin.SlotState is SlotState.Refused or SlotState.Returned)
                {
                    next = next with { State = twin.SlotState, Reason = next.Reason ?? twin.Refusal };
                }
            }

            if (next == device) continue;
            changed ??= [.. rollout.Devices];
            changed[i] = next;
        }

        return changed is null ? rollout : rollout with { Devices = changed };
    }

    private static RolloutState Forward(RolloutState rollout, FleetSeen seen)
    {
        for (var i = 0; i < rollout.Groups.Count; i++)
        {
            var group = rollout.Groups[i];
            if (group.State == GroupState.Passed)
            {
                // A device that goes back after its group has passed still counts.
                var again = GroupEvaluation.Judge(rollout, i, seen);
                if (again.Outcome == GateOutcome.Fail) return Fail(rollout, i, again, seen.Now);
                continue;
            }

            if (group.State == GroupState.Waiting) return rollout.State == RolloutState.Paused ? rollout : Tell(rollout, i, seen);
            return Judge(rollout, i, seen);
        }

        return rollout.State == RolloutState.Paused ? rollout : To(rollout, RolloutState.Completed, "every group passed", seen.Now) with { EndedAt = seen.Now };
    }

    private static RolloutState Tell(RolloutState rollout, int index, FleetSeen seen)
    {
        var devices = rollout.Devices.Select(device => device.Group != index ? device : device with
        {
            Told = true,
            PreviousDigest = seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.CurrentDigest != rollout.Request.Digest ? twin.CurrentDigest : device.PreviousDigest,
        });
        rollout = rollout with { Devices = [.. devices] };
        var group = rollout.Groups[index];
        return With(rollout, index, group with { State = GroupState.Deploying, Since = seen.Now }, $"{rollout.Devices.Count(device => device.Group == index)} devices told", null, seen.Now);
    }

    private static RolloutState Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var verdict = GroupEvaluation.Judge(rollout, index, seen);
        var group = rollout.Groups[index] with { Evidence = verdict.Evidence };
        rollout = With(rollout, index, group);
        if (group.State == GroupState.Deploying && verdict.Evidence.DevicesAnswered > 0)
        {
            group = group with { State = GroupState.Observing };
            rollout = With(rollout, index, group, $"{verdict.Evidence.DevicesAnswered} devices answer with the new digest", verdict.Evidence, seen.Now);
        }

        if (verdict.Outcome == GateOutcome.Fail) return Fail(rollout, index, verdict, seen.Now);    // harm counts also while paused
        return verdict.Outcome == GateOutcome.Wait || rollout.State == RolloutState.Paused
            ? rollout
            : With(rollout, index, group with { State = GroupState.Passed }, verdict.Reason, verdict.Evidence, seen.Now);
    }

    private static RolloutState Fail(RolloutState rollout, int index, GateVerdict verdict, DateTimeOffset now)
    {
        rollout = With(rollout, index, rollout.Groups[index] with { State = GroupState.Failed, Evidence = verdict.Evidence }, verdict.Reason, verdict.Evidence, now);
        return StartRestore(rollout, verdict.StoppedBy!, verdict.Reason, now);
    }

    private static RolloutState StartRestore(RolloutState rollout, string stoppedBy, string reason, DateTimeOffset now) =>
        To(rollout, RolloutState.Restoring, reason, now) with { StoppedBy = stoppedBy, EndedAt = null };

    /// <summary>Ends when every device that changed, and every other that can hear, is back. One that never changed and is away finds its desired state when it comes.</summary>
    private static RolloutState FinishRestore(RolloutState rollout, DateTimeOffset now)
    {
        if (rollout.Devices.Any(static device => device is { Told: true, Touched: true, Back: false })) return rollout;
        var groups = rollout.Groups.Select((group, index) =>
            group.State != GroupState.Waiting && rollout.Devices.Any(device => device.Group == index && device.Told) ? group with { State = GroupState.Restored } : group);
        var touched = rollout.Devices.Count(static device => device.Touched);
        return To(rollout, RolloutState.Restored, $"{touched} changed devices answer with what they had before", now) with { Groups = [.. groups], EndedAt = now };
    }

    private static RolloutState To(RolloutState rollout, string state, string reason, DateTimeOffset now) => rollout with
    {
        State = state,
        Transitions = [.. rollout.Transitions, new RolloutTransition(now, Whole, rollout.State, state, reason, null)],
    };

    private static RolloutState With(RolloutState rollout, int index, DeviceState device)
    {
        var devices = rollout.Devices.ToArray();
        devices[index] = device;
        return rollout with { Devices = devices };
    }

    private static RolloutState With(RolloutState rollout, int index, GroupState group)
    {
        if (rollout.Groups[index] == group) return rollout;
        var groups = rollout.Groups.ToArray();
        groups[index] = group;
        return rollout with { Groups = groups };
    }

    private static RolloutState With(RolloutState rollout, int index, GroupState group, string reason, GateEvidence? evidence, DateTimeOffset now)
    {
        var from = rollout.Groups[index].State;
        return With(rollout, index, group) with { Transitions = [.. rollout.Transitions, new RolloutTransition(now, group.Name, from, group.State, reason, evidence)] };
    }

    private static int IndexOf(RolloutState rollout, string deviceId)
    {
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            if (rollout.Devices[i].DeviceId == deviceId) return i;
        }

        return -1;
    }
}
