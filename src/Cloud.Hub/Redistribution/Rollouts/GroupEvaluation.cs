using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Judges a group by what its devices showed with the new digest. Pure.</summary>
/// <remarks>Harm is looked at first, since it needs no minimum; success needs the minimum of windows, a settled group, something to compare with, and a rate that is within its limit at 95 % certainty.</remarks>
internal static class GroupEvaluation
{
    public static GateVerdict Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var gate = rollout.Request.Gate;
        var group = rollout.Groups[index];
        var devices = rollout.Devices.Where(device => device.Group == index).ToList();
        var told = devices.Where(static device => device.Told).ToList();
        var waited = seen.Now - (group.Since ?? seen.Now);
        // A group that has passed was on time, and nobody can be late for a gate that a pause closed.
        var isLate = waited >= gate.MaximumWait && told.Count == devices.Count && group.State != GroupState.Passed && rollout.State != RolloutState.Paused;
        var unsettled = told.Count(device => IsUnsettled(device, seen));
        var evidence = Collect(rollout, group, told, seen, failed: told.Count(static device => device.HasFailed) + (isLate ? told.Count(device => IsUnsettled(device, seen) && device.HasSpoken) : 0));

        if (Harm(gate, evidence) is { } harm) return Fail(harm.Word, harm.Reason, evidence);
        var open = told.Count < devices.Count
            ? ("no-data", $"{told.Count} of {devices.Count} devices are told")
            : Missing(gate, rollout, evidence, unsettled, isLate, seen) ?? Excess(gate, evidence);
        if (open is { } reason)
        {
            return isLate ? Fail(reason.Item1, $"after {waited.TotalSeconds:0} s: {reason.Item2}", evidence) : new GateVerdict(GateOutcome.Wait, null, reason.Item2, evidence);
        }

        var compared = evidence.ControlAlarmRate is { } control ? $"{Share(control)} of the control" : "no control device";
        return new GateVerdict(GateOutcome.Pass, null, $"{evidence.Windows} windows of {evidence.DevicesAnswered} devices, alarm rate {Share(evidence.AlarmRate)} against {compared}", evidence);
    }

    /// <summary>Online, told, and neither committed nor failed: its verdict is still to come.</summary>
    private static bool IsUnsettled(DeviceState device, FleetSeen seen) =>
        !device.HasFailed && device.State != SlotState.Committed && seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online;

    private static GateEvidence Collect(RolloutState rollout, GroupState group, List<DeviceState> told, FleetSeen seen, int failed)
    {
        var gate = rollout.Request.Gate;
        var sum = told.Aggregate(new EvidenceSum(), static (total, device) => total.Plus(device.Sum));
        long alarmed = 0, quiet = 0;
        foreach (var device in told)
        {
            if (!seen.Truth.TryGetValue(device.DeviceId, out var truth)) continue;
            alarmed += truth.Alarmed;
            quiet += truth.Quiet;
        }

        // The last group leaves nobody to compare with at the same time: then what the others showed earlier in this rollout stands in.
        var control = group.Control.Windows > 0 ? group.Control : rollout.Control;
        var allowed = SequentialTest.UpperBound(control.Alarms, control.Windows, gate.WindowsPerEpisode) + gate.MaximumAlarmRateIncrease;
        return new GateEvidence(
            told.Count, told.Count(static device => device.Touched), failed, told.Count(static device => !device.HasSpoken), sum.Windows, sum.Alarms, sum.AlarmRate, control.AlarmRate,
            SequentialTest.Odds(sum.Alarms, sum.Windows, allowed, gate.WindowsPerEpisode),
            alarmed + quiet > 0 ? (double)alarmed / (alarmed + quiet) : null, alarmed + quiet,
            SequentialTest.Odds(alarmed, alarmed + quiet, gate.MaximumFalseAlarmRate, gate.WindowsPerEpisode),
            sum.Windows > 0 ? (double)sum.Invalid / sum.Windows : 0, sum.P99Us);
    }

    private static (string Word, string Reason)? Harm(GatePolicy gate, GateEvidence evidence)
    {
        var spoke = evidence.DevicesTold - evidence.DevicesSilent;
        if (spoke > 0 && (double)evidence.DevicesFailed / spoke > gate.MaximumFailedShare)
        {
            return ("failed-devices", $"{evidence.DevicesFailed} of the {spoke} devices that spoke refused, returned or did not settle; allowed is a share of {Share(gate.MaximumFailedShare)}");
        }

        if (evidence.InvalidRate > gate.MaximumInvalidRate)
        {
            return ("invalid", $"{Share(evidence.InvalidRate)} of {evidence.Windows} scores are no numbers; allowed are {Share(gate.MaximumInvalidRate)}");
        }

        if (evidence.InferenceP99Us > gate.MaximumInferenceP99Us && evidence.Windows >= gate.MinimumWindows)
        {
            return ("latency", $"inference p99 {Number(evidence.InferenceP99Us)} µs over {evidence.Windows} windows; allowed are {Number(gate.MaximumInferenceP99Us)}");
        }

        var enough = 1 / gate.FalseStopRate;
        if (evidence.AlarmOdds >= enough)
        {
            return ("alarm-rate", $"{AlarmRates(gate, evidence)}; odds of {Number(evidence.AlarmOdds)} to 1 that it is more than allowed");
        }

        return evidence.FalseAlarmOdds >= enough ? ("false-alarms", $"{FalseAlarms(gate, evidence)}; odds of {Number(evidence.FalseAlarmOdds)} to 1 that it is more") : null;
    }

    private static (string Word, string Reason)? Missing(GatePolicy gate, RolloutState rollout, GateEvidence evidence, int unsettled, bool isLate, FleetSeen seen)
    {
        if (evidence.DevicesAnswered == 0) return ("no-data", "no device answers with the new digest");
        if (evidence.Windows < Math.Max(1, gate.MinimumWindows)) return ("no-data", $"{evidence.Windows} of {gate.MinimumWindows} windows");
        if (unsettled > 0 && !isLate) return ("no-data", $"{unsettled} devices have not settled");
        if ((double)evidence.DevicesSilent / evidence.DevicesTold > gate.MaximumSilentShare)
        {
            return ("silence", $"{evidence.DevicesSilent} of {evidence.DevicesTold} told devices are silent; allowed is a share of {Share(gate.MaximumSilentShare)}");
        }

        if (evidence.ControlAlarmRate is null && HasControl(rollout, seen)) return ("no-data", "nothing from the control devices");
        return evidence.LabelledNormalWindows < gate.MinimumLabelledNormalWindows
            ? ("no-data", $"{evidence.LabelledNormalWindows} of {gate.MinimumLabelledNormalWindows} windows labelled normal")
            : null;
    }

    /// <summary>What forbids success although nothing proves harm: a rate that may still, at 95 % certainty, be more than allowed. More data decide.</summary>
    private static (string Word, string Reason)? Excess(GatePolicy gate, GateEvidence evidence)
    {
        var highest = SequentialTest.UpperBound(evidence.Alarms, evidence.Windows, gate.WindowsPerEpisode);
        if (evidence.ControlAlarmRate is { } control && highest > control + gate.MaximumAlarmRateIncrease) return ("alarm-rate", $"{AlarmRates(gate, evidence)}; it may be up to {Share(highest)}");
        return evidence.FalseAlarmRate > gate.MaximumFalseAlarmRate ? ("false-alarms", FalseAlarms(gate, evidence)) : null;
    }

    /// <summary>Somebody online answers with a model and was not told: there is a control that can speak.</summary>
    private static bool HasControl(RolloutState rollout, FleetSeen seen)
    {
        var told = rollout.Devices.Where(static device => device.Told).Select(static device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
        return seen.Devices.Values.Any(twin => twin.Online && twin.ActiveDigest is not null && twin.ActiveDigest != rollout.Request.Digest && !told.Contains(twin.DeviceId));
    }

    private static string AlarmRates(GatePolicy gate, GateEvidence evidence) =>
        $"alarm rate {Share(evidence.AlarmRate)} over {evidence.Windows} windows; control {Share(evidence.ControlAlarmRate)}, allowed increase {Share(gate.MaximumAlarmRateIncrease)}";

    private static string FalseAlarms(GatePolicy gate, GateEvidence evidence) =>
        $"alarms on {Share(evidence.FalseAlarmRate)} of {evidence.LabelledNormalWindows} windows labelled normal; allowed are {Share(gate.MaximumFalseAlarmRate)}";

    private static GateVerdict Fail(string word, string reason, GateEvidence evidence) => new(GateOutcome.Fail, word, reason, evidence);

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static string Share(double? share) => share is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";
}
