using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Judges a group by what its devices showed with the new digest. Pure.</summary>
/// <remarks>Harm is looked at first, since it needs no minimum; success needs the minimum of windows, settled
/// devices, something to compare with, and every metric within its limit.</remarks>
internal static class GroupEvaluation
{
    /// <summary>From these odds on it stops when the wait is over, and a comparison in shadow does: no more windows will decide.</summary>
    private const double EndedDoubt = 5;

    /// <summary>A slice of a group is known once it has shown so much.</summary>
    private const double SliceTrials = 20;

    /// <summary>So many maximum waits a group waits for a slice whose devices have begun: a machine that stands still is
    /// no reason to let all others of its kind have the model unseen.</summary>
    private const double SliceWaits = 2;

    public static GateVerdict Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var gate = rollout.Request.Gate;
        var group = rollout.Groups[index];
        var devices = rollout.Devices.Where(device => device.Group == index && !device.Left).ToList();
        var told = devices.Where(static device => device.Told).ToList();
        var waited = seen.Now - (group.Since ?? seen.Now);
        // A group that has passed was on time, and nobody can be late for a gate that a pause closed.
        var comparing = group.ComparingTime ?? TimeSpan.Zero;
        var isLate = waited >= gate.MaximumWait + comparing && told.Count == devices.Count && group.State != GroupState.Passed
            && rollout.State != RolloutState.Paused;
        var lone = new LoneSlices(rollout, index, told, seen, GroupReserves.Doubt);
        var evidence = GroupEvidence.Collect(rollout, lone.Tests, told, seen);

        if (Harm(evidence) is { } harm) return harm;
        if (devices.Count > 0 && evidence.DevicesFailed + evidence.DevicesUndelivered == devices.Count)
        {
            var word = evidence.DevicesFailed > 0 ? GateLimits.ModelFailures : "undelivered";
            return Fail(
                word, false,
                $"of {Counted.Of(devices.Count, "device")} {evidence.DevicesFailed} refused the model or returned from it, {evidence.DevicesUndelivered} could not get it or may not install it: none is left that could answer", evidence);
        }

        var control = new GateControl(rollout, index, seen);
        (string Word, string Reason)? missing = told.Count < devices.Count
            ? ("no-data", $"{told.Count} of {Counted.Of(devices.Count, "device")} told")
            : Missing(rollout, index, evidence, control, seen, isLate);
        var isOver = missing is null && (evidence.DevicesIdle == 0 || (isLate && group.ComparingTime is not null));
        var proof = group.State == GroupState.Passed || !rollout.HasWindows ? true : ShadowProof.Verdict(gate, group, isOver);
        var compared = evidence.Metric(GateLimits.ShadowAlarms) is { } pairs ? Describe(pairs) : "no device says what both models answered";
        if (proof == false)
        {
            var why = gate.MinimumShadowWindows > 0 ? "not proven to be within its limit"
                : $"more than {Percent(ShadowProof.LaterLimit)} above the old model's, which the first group had too few windows to tell";
            return Fail(GateLimits.ShadowAlarms, false, $"compared in shadow and {why}: {compared}", evidence);
        }

        if (proof is null) missing ??= (GateLimits.ShadowAlarms, $"{compared}; more windows in shadow decide");
        var isToClear = missing is null && waited < (SliceWaits * gate.MaximumWait) + comparing;
        if (isToClear && rollout.HasWindows && group.State != GroupState.Passed
            && GroupReserves.Find(rollout, index, told, seen) is { Count: > 0 } reserves)
        {
            var slices = Named(reserves.Select(static reserve => reserve.Slice));
            return new GateVerdict(GateOutcome.Wait, null, false, $"too few devices show {slices}", evidence) { Reserves = reserves };
        }

        var unseen = isToClear ? Uncleared(rollout, told, seen) ?? Unseen(group, control, told, seen) ?? lone.Open
            ?? evidence.Metrics.Where(static metric => !IsEnded(metric))
                .Select(metric => Doubted(lone.Tests[metric.Name], metric, GroupReserves.Doubt))
                .FirstOrDefault(static doubt => doubt is not null) : null;
        var ranked = lone.Verdict(gate.FalseStopRate / rollout.Groups.Count);
        if ((missing ?? unseen ?? Excess(gate, lone.Tests, evidence, isLate) ?? ranked) is { } reason)
        {
            return isLate && unseen is null
                ? Fail(reason.Item1, false, $"after {waited.TotalSeconds:0} s: {reason.Item2}", evidence) : new GateVerdict(
                    GateOutcome.Wait, null, false, reason.Item2, evidence);
        }

        if (!rollout.HasWindows)
            return new GateVerdict(
                GateOutcome.Pass, null, false,
                $"{Counted.Of(evidence.DevicesHealthy, "device")} answered with the new digest for {gate.MinimumHealthyTime.TotalSeconds:0} s without another start", evidence);
        var alarms = evidence.Metric(GateLimits.AlarmRate) is { } rate
            ? $", alarm rate {Percent(rate.Value)} against {Percent(rate.Reference)} of the control"
            : evidence.Metric(GateLimits.PromisedAlarms) is { } first
                ? $", alarm rate {Percent(first.Value)}, where the model promised {Percent(first.Reference)}" : ", nothing to compare with";
        var few = GroupReserves.Short(rollout, told, seen);
        var alone = few.Count == 0 ? "" : $"; fewer than {GroupReserves.DevicesOfSlice} devices have shown {Named(few)}";
        return new GateVerdict(GateOutcome.Pass, null, false, $"{Counted.Of(evidence.Windows, "window")} of {Counted.Of(evidence.DevicesAnswered, "device")}{alarms}{alone}", evidence);
    }

    /// <summary>Of a group that nothing waits for: only harm is a verdict.</summary>
    public static GateVerdict Watch(RolloutState rollout, int index, FleetSeen seen)
    {
        var told = rollout.Devices.Where(device => device.Group == index && device.Told).ToList();
        var evidence = GroupEvidence.Collect(rollout, new LoneSlices(rollout, index, told, seen, GroupReserves.Doubt).Tests, told, seen);
        return Harm(evidence) ?? new GateVerdict(GateOutcome.Wait, null, false, "nothing waits for it", evidence);
    }

    private static GateVerdict? Harm(GateEvidence evidence) =>
        evidence.Metrics.FirstOrDefault(static metric => metric.Odds >= metric.StopsAt) is { } harm
            ? Fail(harm.Name, true, Describe(harm), evidence) : null;

    private static (string Word, string Reason)? Missing(
        RolloutState rollout, int index, GateEvidence evidence, GateControl control, FleetSeen seen, bool isLate)
    {
        var gate = rollout.Request.Gate;
        var spoke = evidence.DevicesTold - evidence.DevicesSilent;
        // Of its plan: a reserve that fails as well is one of those that it was called from, and who was called away was not silent.
        var planned = rollout.Devices.Where(device => device.Told && (device.Called?.From ?? device.Group) == index).ToList();
        var silent = planned.Count(static device => !device.HasSpoken);
        var undelivered = planned.Count(static device => device.IsUndelivered);
        if (Over(undelivered, planned.Count - silent, gate.MaximumUndeliveredShare))
            return ("undelivered",
                $"{undelivered} of {Counted.Of(planned.Count - silent, "device")} that spoke could not get the package or may not install it; allowed is a share of {Percent(gate.MaximumUndeliveredShare)}");
        if (evidence.DevicesAnswered == 0) return ("no-data", "no device answers with the new digest");
        if (!rollout.HasWindows && Unsteady(rollout, evidence, seen, isLate) is { } unsteady) return unsteady;
        if (rollout.HasWindows && evidence.Windows < Math.Max(1, gate.MinimumWindows))
            return ("no-data", $"{evidence.Windows} of {Counted.Of(gate.MinimumWindows, "window")}");
        // Half of the devices may lag where the others have shown in shadow what was asked for.
        var mayLag = ShadowProof.IsEnough(gate, rollout.Groups[index]) && 2 * evidence.DevicesIdle <= spoke;
        if (evidence.DevicesIdle > 0 && !isLate && !mayLag) return ("no-data", $"{Counted.Of(evidence.DevicesIdle, "device")} still on the way");
        if (Over(evidence.DevicesIdle, spoke, gate.MaximumIdleShare))
            return ("idle",
                $"{evidence.DevicesIdle} of {Counted.Of(spoke, "device")} that spoke still on the way, as a machine that stands still for example; allowed is a share of {Percent(gate.MaximumIdleShare)}");
        if (Over(silent, planned.Count, gate.MaximumSilentShare))
            return ("silence", $"{silent} of {Counted.Of(planned.Count, "told device")} silent; allowed is a share of {Percent(gate.MaximumSilentShare)}");

        if (!rollout.HasWindows) return null;
        if (evidence.Metric(GateLimits.Latency) is null && gate.LimitOf(GateLimits.Latency) < 1)
            return ("no-data", $"no report whose p99 of inference rests on {ModelEvidence.EnoughTimings} timed answers");
        if (evidence.Metric(GateLimits.AlarmRate) is null && control.CanSpeak) return ("no-data", "nothing from the control devices");
        if (evidence.ShadowWindows < gate.MinimumShadowWindows)
            return ("no-data", $"{evidence.ShadowWindows} of {Counted.Of(gate.MinimumShadowWindows, "window")} answered side by side");
        return evidence.LabelledNormalWindows < gate.MinimumLabelledNormalWindows
            ? ("no-data", $"{evidence.LabelledNormalWindows} of {Counted.Of(gate.MinimumLabelledNormalWindows, "window")} labelled normal")
            : null;
    }

    /// <summary>What answers no windows proves itself by running: for a time, without another start, and still heard of at its end.</summary>
    private static (string Word, string Reason)? Unsteady(RolloutState rollout, GateEvidence evidence, FleetSeen seen, bool isLate)
    {
        var gate = rollout.Request.Gate;
        var spoke = evidence.DevicesTold - evidence.DevicesSilent;
        var allowed = gate.MaximumLostShare + Heartbeats.ControlLost(rollout, seen);
        if (Over(evidence.DevicesLost, spoke, allowed))
            return ("lost",
                $"{evidence.DevicesLost} of {Counted.Of(spoke, "device")} that spoke not heard of for {gate.MaximumHeartbeatAge.TotalSeconds:0} s; allowed is a share of {Percent(allowed)}, with what is away among the control");
        var open = spoke - evidence.DevicesFailed - evidence.DevicesUndelivered - evidence.DevicesLost;
        return evidence.DevicesHealthy < (isLate ? 1 : Math.Max(1, open))
            ? ("no-data",
                $"{evidence.DevicesHealthy} of {Counted.Of(open, "device")} that began answered with the new digest for {gate.MinimumHealthyTime.TotalSeconds:0} s without another start")
            : null;
    }

    /// <summary>A device that was called to show a slice, and has not yet.</summary>
    private static (string Word, string Reason)? Uncleared(RolloutState rollout, List<DeviceState> told, FleetSeen seen) =>
        GroupReserves.Awaited(rollout, told, seen) is { } one
            ? ("no-data",
                $"{Number((one.Judged?.Compared?.Windows ?? 0) / rollout.Request.Gate.WindowsPerEpisode)} of {Number(GroupReserves.DeviceTrials)} trials of {one.DeviceId}, called for {one.Called!.Slice}") : null;

    /// <summary>A part of the group that has begun and is hardly known yet, though there are devices to compare it with.</summary>
    private static (string Word, string Reason)? Unseen(GroupState group, GateControl control, List<DeviceState> told, FleetSeen seen)
    {
        if (!group.Tests.TryGetValue(GateLimits.AlarmRate, out var test)) return null;
        var shown = test.Slices.ToDictionary(static slice => slice.Slice, static slice => slice.Wager.Trials, StringComparer.Ordinal);
        // Answers on the same windows tell more of a slice than those of other devices.
        foreach (var pairs in group.Tests.GetValueOrDefault(GateLimits.ShadowAlarms)?.Slices ?? [])
            shown[pairs.Slice] = Math.Max(shown.GetValueOrDefault(pairs.Slice), pairs.Wager.Trials);
        foreach (var device in told)
        {
            if (!device.HasSpoken || device.HasEnded || !seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.Online) continue;
            foreach (var slice in twin.Slices) shown.TryAdd(slice, 0);
        }

        var enough = Math.Min(SliceTrials, 0.99 * test.Whole.Trials);
        var least = shown.Where(slice => slice.Value < enough && test.Takes(slice.Key) && control.CanSpeakOf(slice.Key))
            .OrderBy(static slice => slice.Value).FirstOrDefault();
        return least.Key is null ? null : ("no-data", $"{Number(least.Value)} of {Number(SliceTrials)} trials of {least.Key}");
    }

    /// <summary>What forbids success although nothing proves harm: a figure above its limit, or one that may
    /// still, at 95 % certainty, be above. More data decide.</summary>
    private static (string Word, string Reason)? Excess(
        GatePolicy gate, IReadOnlyDictionary<string, MetricTest> tests, GateEvidence evidence, bool isLate)
    {
        foreach (var metric in evidence.Metrics)
        {
            var test = tests[metric.Name];
            var (value, reference) = (test.Whole.Value, metric.Reference is null ? 0 : test.Whole.Reference / Math.Max(test.Whole.Trials, 1e-9));
            // A comparison ends with the swap: chance would hold a group back for good, so that doubt must be more than chance.
            var isEnded = IsEnded(metric);
            // Few trials may differ by more than the limit although the models do not: no reason to stop when the wait is over.
            var isChance = isLate && metric.Reference is not null && ScoreInterval.LeastExcess(value, reference, test.Whole.Trials) <= 0;
            if (value - reference > metric.Limit && !isChance && (!isEnded || metric.Odds >= EndedDoubt)) return (metric.Name, Describe(metric));
            if (!isEnded && Doubted(test, metric, EndedDoubt) is { } slice) return slice;
            var isRate = metric.Name is GateLimits.AlarmRate or GateLimits.PromisedAlarms;
            var highest = isRate ? ScoreInterval.Upper(value, test.Whole.Trials) - reference : 0;
            if (highest > metric.Limit && metric.Limit < 1) return (metric.Name, $"{Describe(metric)}; it may be {Percent(highest)} more");
        }

        return null;
    }

    /// <summary>A slice that speaks against the model: until the wait is over more windows, and more devices of it, decide.</summary>
    private static (string Word, string Reason)? Doubted(MetricTest test, MetricEvidence metric, double odds) =>
        test.Slices.FirstOrDefault(slice => slice.Wager.Odds >= odds) is { } slice
            ? (metric.Name, $"{metric.Name} of {slice.Slice} {Percent(slice.Wager.Value)}; odds of {Number(slice.Wager.Odds)} to 1 on that slice") : null;

    private static bool IsEnded(MetricEvidence metric) => metric.Name is GateLimits.ShadowAlarms or GateLimits.ShadowDisagreement;

    private static bool Over(int part, int whole, double most) => whole > 0 && (double)part / whole > most;

    private static string Describe(MetricEvidence metric)
    {
        var where = metric.Slice is { } slice ? $" of {slice}" : "";
        var against = metric.Reference is { } reference
            ? $"against {Percent(reference)}, allowed are {Percent(metric.Limit)} more" : $"allowed are {Percent(metric.Limit)}";
        var odds = metric.Odds >= 2 ? $"; odds of {Number(metric.Odds)} to 1 that it is more than allowed" : "";
        return $"{metric.Name}{where} {Percent(metric.Value)}, {against}; {Number(metric.Trials)} trials{odds}";
    }

    private static GateVerdict Fail(string word, bool isHarmful, string reason, GateEvidence evidence) =>
        new(GateOutcome.Fail, word, isHarmful, reason, evidence);

    private static string Named(IEnumerable<string> slices) => FirstFew.Of(slices.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    private static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Percent(double? share) => share is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";
}
