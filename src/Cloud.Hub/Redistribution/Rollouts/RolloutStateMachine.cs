using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Cloud.Hub.Redistribution.Rollouts.Planning;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a rollout does next. Pure: state, facts, one look at the fleet and the time go in; the
/// next state and what devices should be told come out.</summary>
internal static class RolloutStateMachine
{
    private const string Whole = "rollout";

    /// <param name="plan">From <see cref="GroupPlanner"/>.</param>
    /// <param name="previous">What each device answers with now; null: nothing.</param>
    public static RolloutState Begin(
        string rolloutId, RolloutRequest request, PlannedGroups plan, IReadOnlyDictionary<string, string?> previous, DateTimeOffset now)
    {
        // One that begins later holds nobody until then: what it is aimed at stays free.
        var isLater = request.NotBefore > now || request.NeedsApproval;
        DeviceState Device(string id, int group) =>
            new() { DeviceId = id, Group = group, PreviousDigest = previous[id], AnsweringDigest = previous[id], Held = !isLater };
        return new RolloutState
        {
            RolloutId = rolloutId,
            Request = request,
            State = isLater ? RolloutState.Scheduled : RolloutState.Running,
            StartedAt = now,
            Groups = [
                .. plan.Groups.Select(group =>
                    new GroupState { Name = group.Name, State = GroupState.Waiting,
                        Manual = request.Groups.Any(plan => plan.Manual && plan.Name == group.Name) })],
            Devices =
            [
                .. plan.Groups.SelectMany((group, index) => group.Devices.Select(id => Device(id, index))),
                .. plan.Control.Select(id => Device(id, DeviceState.Control)),
            ],
            HasControlDevices = plan.Control.Count > 0,
            Transitions = [new(
                now, Whole, "", isLater ? RolloutState.Scheduled : RolloutState.Running, $"{request.Reason} ({request.RequestedBy})", null)],
        };
    }

    /// <summary>A scheduled one whose time has come runs, and wants every device; one whose model was thrown out ends.</summary>
    public static RolloutState Due(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.State != RolloutState.Scheduled) return rollout;
        if (seen.IsQuarantined) return End(rollout, RolloutState.Cancelled, "the model is in quarantine", seen.Now);
        if (seen.Now < rollout.Request.NotBefore || (rollout.Request.NeedsApproval && rollout.ApprovedBy is null)) return rollout;
        return Holding(To(rollout, RolloutState.Running, "its time has come", seen.Now));
    }

    /// <summary>Moves on as far as what is known allows; the same state when nothing changes.</summary>
    /// <param name="bytes">What all rollouts together may have devices fetch now: no more devices are told.</param>
    public static RolloutState Advance(RolloutState rollout, FleetSeen seen, long bytes = long.MaxValue)
    {
        rollout = Due(rollout, seen);
        if (rollout.HasEnded || rollout.State == RolloutState.Scheduled) return rollout;
        if (seen.IsQuarantined && (rollout.State != RolloutState.Restoring || rollout.RestoredGroup is not null))
            rollout = StartRestore(rollout, "quarantine", "the model is in quarantine", seen.Now);
        rollout = GateBets.Take(RolloutObservation.Look(rollout, seen), seen);
        return rollout.State == RolloutState.Restoring ? RolloutRestore.GoOn(rollout, seen) : Forward(rollout, seen, bytes);
    }

    /// <summary>The same, and where a group passes what follows from that too: the next one is told without waiting for another look.</summary>
    public static RolloutState AdvanceGroups(RolloutState rollout, FleetSeen seen, long bytes = long.MaxValue)
    {
        while (true)
        {
            var next = Advance(rollout, seen, bytes);
            if (Passed(next) == Passed(rollout)) return next;
            rollout = next;
        }

        static int Passed(RolloutState rollout) => rollout.Groups.Count(static group => group.State == GroupState.Passed);
    }

    /// <summary>How many more devices are told than before.</summary>
    public static int Told(RolloutState before, RolloutState after) => ReferenceEquals(before.Devices, after.Devices)
        ? 0 : after.Devices.Count(static device => device.Told) - before.Devices.Count(static device => device.Told);

    /// <summary>It wants to begin, or to go back, and other rollouts hold devices of it: it stays
    /// as it was and says for whom it waits, once.</summary>
    public static RolloutState Wait(RolloutState rollout, string reason, DateTimeOffset now) =>
        rollout.Transitions[^1].Reason == reason ? rollout : To(rollout, rollout.State, reason, now);

    /// <summary>Whose desired state is not what this rollout wants. Level-triggered: asked again
    /// until it is so, and safe to carry out twice.</summary>
    public static IReadOnlyList<WantedModel> Wanted(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.HasEnded || rollout.State == RolloutState.Scheduled) return [];
        var back = rollout.State == RolloutState.Restoring;
        var wanted = new List<WantedModel>();
        foreach (var device in rollout.Devices)
        {
            if (!device.Told || !device.Held || (back && !rollout.IsToGoBack(device)) || !seen.Devices.TryGetValue(device.DeviceId, out var twin))
                continue;
            var digest = back ? device.PreviousDigest : rollout.Request.Digest;
            var isSo = twin.DesiredDigest == digest
                && (digest is null
                    || (twin.DesiredIsRestore == back && twin.DesiredRolloutId == rollout.RolloutId
                        && (back || twin.DesiredAttempt == device.Attempt)));
            if (isSo) continue;
            // Back means back at once: the old model has proven itself.
            wanted.Add(back
                ? new WantedModel(device.DeviceId, digest, true)
                : new WantedModel(
                    device.DeviceId, digest, false, device.Attempt,
                    // By the time that a reserve is called the group has proven what it had to prove in shadow.
                    (device.Called is null ? rollout.Groups[device.Group].ShadowWindows : null) ?? rollout.Request.ShadowWindows));
        }

        return wanted;
    }

    private static RolloutState Forward(RolloutState rollout, FleetSeen seen, long bytes)
    {
        for (var i = 0; i < rollout.PlannedGroups; i++)
        {
            var group = rollout.Groups[i];
            if (group.State == GroupState.Passed)
            {
                // A device that goes back after its group has passed still counts.
                var again = GroupEvaluation.Judge(rollout, i, seen);
                if (again.Outcome == GateOutcome.Fail) return Fail(rollout, i, again, seen.Now);
                continue;
            }

            if (group.Manual) return rollout;
            var before = rollout;
            if (rollout.State != RolloutState.Paused) rollout = RolloutTelling.Tell(rollout, i, seen, bytes);
            if (group.State == GroupState.Waiting) return rollout;
            bytes -= Told(before, rollout) * rollout.PackageBytes;
            rollout = Judge(rollout, i, seen, bytes);
            return i == rollout.PlannedGroups - 1 ? Joined(rollout, seen, bytes) : rollout;
        }

        if (rollout is { Request.Continuous: true, OpenSince: null, State: not RolloutState.Paused })
            rollout = To(rollout with { OpenSince = seen.Now }, rollout.State, "every group passed; it stays open for devices that join", seen.Now);
        if (rollout.OpenSince is not null) return Joined(rollout, seen, bytes);
        if (rollout.State == RolloutState.Paused) return rollout;
        var late = rollout.JoinedGroup is { } joined ? rollout.Devices.Count(device => device.Group == joined && !device.Told) : 0;
        return End(
            rollout, RolloutState.Completed, late == 0 ? "every group passed" : $"every group passed; not told by then: {Counted.Of(late, "device")} that joined",
            seen.Now);
    }

    /// <summary>Those that joined go with the last group: nothing waits for them, and harm that they show stops everything. Once
    /// the rollout is open a streak of them that do not take it pauses it.</summary>
    private static RolloutState Joined(RolloutState rollout, FleetSeen seen, long bytes)
    {
        if (rollout.JoinedGroup is not { } index || rollout.State is not (RolloutState.Running or RolloutState.Paused)) return rollout;
        if (rollout.State != RolloutState.Paused) rollout = RolloutTelling.Tell(rollout, index, seen, bytes);
        if (rollout.Groups[index].State == GroupState.Waiting) return rollout;
        var verdict = GroupEvaluation.Watch(rollout, index, seen);
        rollout = Answering(rollout, index, verdict, seen.Now);
        if (verdict.Outcome == GateOutcome.Fail) return Fail(rollout, index, verdict, seen.Now);
        return rollout is { OpenSince: not null, State: RolloutState.Running } && JoinerStreak.Fault(rollout, seen) is { } fault
            ? To(rollout, RolloutState.Paused, fault, seen.Now) : rollout;
    }

    private static RolloutState Judge(RolloutState rollout, int index, FleetSeen seen, long bytes)
    {
        var verdict = GroupEvaluation.Judge(rollout, index, seen);
        rollout = Answering(rollout, index, verdict, seen.Now);
        var group = rollout.Groups[index];
        if (verdict is { Outcome: GateOutcome.Fail, IsHarmful: false } && rollout.Request.Gate.WhenLate == GateAction.Pause)
            return To(rollout, RolloutState.Paused, $"{group.Name}: {verdict.Reason}", seen.Now);
        if (verdict.Outcome == GateOutcome.Fail) return Fail(rollout, index, verdict, seen.Now);    // harm counts also while paused
        if (verdict.Outcome == GateOutcome.Wait && rollout.State != RolloutState.Paused && bytes > 0)
            return RolloutTelling.Call(rollout, index, verdict.Reserves, verdict.Reason, seen);
        return verdict.Outcome == GateOutcome.Wait || rollout.State == RolloutState.Paused
            ? rollout
            : With(rollout, index, group with { State = GroupState.Passed }, verdict.Reason, verdict.Evidence, seen.Now);
    }

    /// <summary>Keeps what the verdict rests on; a group of which some answer is observed.</summary>
    private static RolloutState Answering(RolloutState rollout, int index, GateVerdict verdict, DateTimeOffset now)
    {
        var (group, evidence) = (rollout.Groups[index] with { Evidence = verdict.Evidence }, verdict.Evidence);
        return group.State == GroupState.Deploying && evidence.DevicesAnswered > 0
            ? With(
                rollout, index, group with { State = GroupState.Observing }, $"the new digest answers on {Counted.Of(evidence.DevicesAnswered, "device")}",
                evidence, now)
            : With(rollout, index, group);
    }

    private static RolloutState Fail(RolloutState rollout, int index, GateVerdict verdict, DateTimeOffset now)
    {
        rollout = With(
            rollout, index, rollout.Groups[index] with { State = GroupState.Failed, Evidence = verdict.Evidence }, verdict.Reason, verdict.Evidence,
            now);
        var isGroupAlone = !verdict.IsHarmful && rollout.Request.Gate.WhenLate == GateAction.RestoreGroup;
        return StartRestore(rollout, verdict.StoppedBy!, verdict.Reason, now, isGroupAlone ? index : null) with { IsHarmful = verdict.IsHarmful };
    }

    /// <param name="group">The only one that goes back; null: all do.</param>
    internal static RolloutState StartRestore(RolloutState rollout, string stoppedBy, string reason, DateTimeOffset now, int? group = null) =>
        Holding(
            To(rollout with { RestoredGroup = group, WaitsFor = [] }, RolloutState.Restoring, reason, now),
            isAgain: rollout.HasEnded || rollout.State == RolloutState.Restoring) with { StoppedBy = stoppedBy, EndedAt = null };

    /// <summary>Takes hold of every device. In a restore of those that were told; while the rollout ran, some of them may have gone
    /// to another one of higher priority, and stay there: nobody's way back waits for them.</summary>
    private static RolloutState Holding(RolloutState rollout, bool isAgain = true) => rollout with
    {
        Devices = [.. rollout.Devices.Select(device => device
            with { Held = rollout.State != RolloutState.Restoring || (rollout.IsToGoBack(device) && (isAgain || device.Held)) })],
    };

    internal static RolloutState End(RolloutState rollout, string state, string reason, DateTimeOffset now) => To(rollout, state, reason, now) with
    {
        EndedAt = now,
        WaitsFor = [],
        Devices = [.. rollout.Devices.Select(static device => device.Held ? device with { Held = false } : device)],
    };

    internal static RolloutState To(RolloutState rollout, string state, string reason, DateTimeOffset now) => rollout with
    {
        State = state,
        Transitions = [.. rollout.Transitions, new RolloutTransition(now, Whole, rollout.State, state, reason, null)],
    };

    internal static RolloutState With(RolloutState rollout, int index, GroupState group)
    {
        if (rollout.Groups[index] == group) return rollout;
        var groups = rollout.Groups.ToArray();
        groups[index] = group;
        return rollout with { Groups = groups };
    }

    internal static RolloutState With(RolloutState rollout, int index, GroupState group, string reason, GateEvidence? evidence, DateTimeOffset now)
    {
        var from = rollout.Groups[index].State;
        return With(rollout, index, group)
            with { Transitions = [.. rollout.Transitions, new RolloutTransition(now, group.Name, from, group.State, reason, evidence)] };
    }
}
