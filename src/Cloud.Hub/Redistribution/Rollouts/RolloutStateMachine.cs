using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a rollout does next. Pure: state, facts, one look at the fleet and the time go in; the
/// next state and what devices should be told come out.</summary>
internal static class RolloutStateMachine
{
    private const string Whole = "rollout";

    /// <summary>More devices in one minute are told all at once.</summary>
    private const double MaxPerMinute = 1e6;

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
                    device.DeviceId, digest, false, device.Attempt, rollout.Groups[device.Group].ShadowWindows ?? rollout.Request.ShadowWindows));
        }

        return wanted;
    }

    private static RolloutState Forward(RolloutState rollout, FleetSeen seen, long bytes)
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

            if (group.Manual) return rollout;
            if (rollout.State != RolloutState.Paused) rollout = Tell(rollout, i, seen, bytes);
            return group.State == GroupState.Waiting ? rollout : Judge(rollout, i, seen);
        }

        return rollout.State == RolloutState.Paused ? rollout : End(rollout, RolloutState.Completed, "every group passed", seen.Now);
    }

    /// <summary>Tells as many more devices of a group as its pace and the maintenance windows of their sites allow by now.</summary>
    private static RolloutState Tell(RolloutState rollout, int index, FleetSeen seen, long bytes)
    {
        var group = rollout.Groups[index];
        var size = rollout.Devices.Count(device => device.Group == index);
        var told = rollout.Devices.Count(device => device.Group == index && device.Told);
        long left = Math.Min(Math.Min(size - told, Allowance(rollout, group, size, seen.Now)), Devices(bytes, rollout.PackageBytes));
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
            devices[i] = device
                with { Told = true, PreviousDigest = twin is not null && IsWayBack(twin.CurrentDigest, rollout, seen)
                    ? twin.CurrentDigest : device.PreviousDigest };
        }

        if (more == 0) return rollout;
        rollout = rollout with { Devices = devices };
        group = group with { Since = seen.Now };
        if (group.State != GroupState.Waiting) return With(rollout, index, group);
        group = group with { State = GroupState.Deploying, ShadowWindows = ShadowProof.WindowsEach(rollout, index, seen) };
        var so = more == size ? $"{size} devices told" : $"{more} of {size} devices told, more by and by";
        var first = group.ShadowWindows is { } windows ? $", each compares {windows} windows in shadow first" : "";
        return With(rollout, index, group, so + first, null, seen.Now);
    }

    /// <summary>While anything is left of the budget one more is told, however large the package: the debt is waited off.</summary>
    private static long Devices(long bytes, long packageBytes) =>
        bytes <= 0 ? 0 : ((bytes - 1) / Math.Max(1, packageBytes)) + 1;

    /// <summary>How many devices may be told now: one to begin with, then by the rates and the time since the last.</summary>
    private static int Allowance(RolloutState rollout, GroupState group, int size, DateTimeOffset now)
    {
        if (rollout.Request.Pace is not { } pace) return size;
        if (group.Since is not { } since) return 1;
        var steps = pace.EveryCommitted == 0 ? 0 : rollout.Devices.Count(static device => device.State == SlotState.Committed) / pace.EveryCommitted;
        var perMinute = Math.Min(MaxPerMinute, pace.DevicesPerMinute * Math.Pow(pace.Factor, steps));
        if (pace.BytesPerSecond > 0) perMinute = Math.Min(perMinute, pace.BytesPerSecond * 60.0 / Math.Max(1, rollout.PackageBytes));
        return (int)Math.Min(size, perMinute * (now - since).TotalMinutes);
    }

    private static RolloutState Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var verdict = GroupEvaluation.Judge(rollout, index, seen);
        var group = rollout.Groups[index] with { Evidence = verdict.Evidence };
        rollout = With(rollout, index, group);
        if (group.State == GroupState.Deploying && verdict.Evidence.DevicesAnswered > 0)
        {
            group = group with { State = GroupState.Observing };
            rollout = With(
                rollout, index, group, $"{verdict.Evidence.DevicesAnswered} devices answer with the new digest", verdict.Evidence, seen.Now);
        }

        if (verdict is { Outcome: GateOutcome.Fail, IsHarmful: false } && rollout.Request.Gate.WhenLate == GateAction.Pause)
            return To(rollout, RolloutState.Paused, $"{group.Name}: {verdict.Reason}", seen.Now);
        if (verdict.Outcome == GateOutcome.Fail) return Fail(rollout, index, verdict, seen.Now);    // harm counts also while paused
        return verdict.Outcome == GateOutcome.Wait || rollout.State == RolloutState.Paused
            ? rollout
            : With(rollout, index, group with { State = GroupState.Passed }, verdict.Reason, verdict.Evidence, seen.Now);
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

    /// <summary>A device can be taken back only to what the registry has; else it goes back to what it had when the rollout was made.</summary>
    private static bool IsWayBack(string? digest, RolloutState rollout, FleetSeen seen) =>
        digest is null || (digest != rollout.Request.Digest && seen.Registered.Contains(digest));

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

    private static RolloutState With(RolloutState rollout, int index, GroupState group)
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
