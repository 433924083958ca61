using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Judges a group by what its devices showed with the new digest: a list of questions, the first that has an answer is the verdict.
/// Pure.</summary>
/// <remarks>Harm is looked at first, since it needs no minimum; success needs the minimum of windows, settled
/// devices, something to compare with, and every metric within its limit.</remarks>
internal static class GroupEvaluation
{
    public static GateVerdict Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var look = new GroupLook(rollout, index, seen);
        if ((Harm(look.Evidence) ?? NobodyLeft(look)) is { } ended) return ended;
        var missing = GroupMinimum.Missing(look);
        var proof = Proof(look, missing);
        if (proof == false) return NotProven(look);
        missing ??= proof is null ? new Holdup(GateLimits.ShadowAlarms, $"{Compared(look)}; more windows in shadow decide") : null;
        var awaitsSlices = missing is null && GroupSlices.AreAwaited(look);
        if (awaitsSlices && Reserves(look) is { } called) return called;
        var open = awaitsSlices ? GroupSlices.Open(look) : null;
        var holdup = missing ?? open ?? GateExcess.Find(look) ?? look.Lone.Verdict(look.Gate.FalseStopRate / rollout.Groups.Count);
        if (holdup is null) return Passed(look);
        return look.IsLate && open is null
            ? Fail(holdup.Word, false, $"after {look.Waited.TotalSeconds:0} s: {holdup.Reason}", look.Evidence) : Wait(holdup.Reason, look.Evidence);
    }

    /// <summary>Of a group that nothing waits for: only harm is a verdict.</summary>
    public static GateVerdict Watch(RolloutState rollout, int index, FleetSeen seen)
    {
        var told = rollout.Devices.Where(device => device.Group == index && device.Told).ToList();
        var evidence = GroupEvidence.Collect(rollout, new LoneSlices(rollout, index, told, seen, GroupReserves.Doubt).Tests, told, seen);
        return Harm(evidence) ?? Wait("nothing waits for it", evidence);
    }

    /// <summary>Does it do harm, beyond the odds that the gate asks for?</summary>
    private static GateVerdict? Harm(GateEvidence evidence) =>
        evidence.Metrics.FirstOrDefault(static metric => metric.Odds >= metric.StopsAt) is { } harm
            ? Fail(harm.Name, true, GateWords.Describe(harm), evidence) : null;

    /// <summary>Is there anybody left who could answer?</summary>
    private static GateVerdict? NobodyLeft(GroupLook look)
    {
        var (failed, undelivered) = (look.Evidence.DevicesFailed, look.Evidence.DevicesUndelivered);
        return look.Planned > 0 && failed + undelivered == look.Planned
            ? Fail(
                failed > 0 ? GateLimits.ModelFailures : "undelivered", false,
                $"of {Counted.Of(look.Planned, "device")} {failed} refused the model or returned from it, {undelivered} could not get it or may not install it: none is left that could answer",
                look.Evidence)
            : null;
    }

    /// <summary>Has it been compared in shadow as much as is asked for?</summary>
    /// <returns>As <see cref="ShadowProof.Verdict"/>.</returns>
    private static bool? Proof(GroupLook look, Holdup? missing)
    {
        if (look.Group.State == GroupState.Passed || !look.Rollout.HasWindows) return true;
        var isOver = missing is null && (look.Evidence.DevicesIdle == 0 || (look.IsLate && look.Group.ComparingTime is not null));
        return ShadowProof.Verdict(look.Gate, look.Group, isOver);
    }

    private static GateVerdict NotProven(GroupLook look)
    {
        var why = look.Gate.MinimumShadowWindows > 0 ? "not proven to be within its limit"
            : $"more than {GateWords.Percent(ShadowProof.LaterLimit)} above the old model's, which the first group had too few windows to tell";
        return Fail(GateLimits.ShadowAlarms, false, $"compared in shadow and {why}: {Compared(look)}", look.Evidence);
    }

    private static string Compared(GroupLook look) =>
        look.Evidence.Metric(GateLimits.ShadowAlarms) is { } pairs ? GateWords.Describe(pairs) : "no device says what both models answered";

    /// <summary>Must others be called to show a slice?</summary>
    private static GateVerdict? Reserves(GroupLook look)
    {
        if (!look.Rollout.HasWindows || look.Group.State == GroupState.Passed) return null;
        var reserves = GroupReserves.Find(look.Rollout, look.Index, look.Told, look.Seen);
        return reserves.Count == 0
            ? null : Wait($"too few devices show {GateWords.Named(reserves.Select(static reserve => reserve.Slice))}", look.Evidence) with
            {
                Reserves = reserves,
            };
    }

    private static GateVerdict Passed(GroupLook look)
    {
        var evidence = look.Evidence;
        if (!look.Rollout.HasWindows)
            return Pass(
                $"{Counted.Of(evidence.DevicesHealthy, "device")} answered with the new digest for {look.Gate.MinimumHealthyTime.TotalSeconds:0} s without another start", evidence);
        var few = GroupReserves.Short(look.Rollout, look.Told, look.Seen);
        var alone = few.Count == 0 ? "" : $"; fewer than {GroupReserves.DevicesOfSlice} devices have shown {GateWords.Named(few)}";
        return Pass(
            $"{Counted.Of(evidence.Windows, "window")} of {Counted.Of(evidence.DevicesAnswered, "device")}{Alarms(evidence)}{alone}", evidence);
    }

    private static string Alarms(GateEvidence evidence)
    {
        if (evidence.Metric(GateLimits.AlarmRate) is { } rate)
            return $", alarm rate {GateWords.Percent(rate.Value)} against {GateWords.Percent(rate.Reference)} of the control";
        return evidence.Metric(GateLimits.PromisedAlarms) is { } first
            ? $", alarm rate {GateWords.Percent(first.Value)}, where the model promised {GateWords.Percent(first.Reference)}"
            : ", nothing to compare with";
    }

    private static GateVerdict Pass(string reason, GateEvidence evidence) => new(GateOutcome.Pass, null, false, reason, evidence);

    private static GateVerdict Wait(string reason, GateEvidence evidence) => new(GateOutcome.Wait, null, false, reason, evidence);

    private static GateVerdict Fail(string word, bool isHarmful, string reason, GateEvidence evidence) =>
        new(GateOutcome.Fail, word, isHarmful, reason, evidence);
}
