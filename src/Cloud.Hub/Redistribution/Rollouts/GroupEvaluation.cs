using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Judges a group by what its devices showed with the new digest. Pure.</summary>
/// <remarks>Harm is looked at first, since it needs no minimum; success needs the minimum of windows, a settled group, and something to compare with.</remarks>
internal static class GroupEvaluation
{
    /// <summary>Below this many windows with known truth a share of false alarms says nothing: one wrong label would be a tenth of it.</summary>
    public const int MinimumLabelledWindows = 10;

    public static GateVerdict Judge(RolloutState rollout, int index, FleetSeen seen)
    {
        var gate = rollout.Request.Gate;
        var group = rollout.Groups[index];
        var devices = rollout.Devices.Where(device => device.Group == index && device.Told).ToList();
        var waited = seen.Now - (group.Since ?? seen.Now);
        // A group that has passed was on time, and nobody can be late for a gate that a pause closed.
        var isLate = waited >= gate.MaximumWait && group.State != GroupState.Passed && rollout.State != RolloutState.Paused;
        var unsettled = devices.Count(device => IsUnsettled(device, seen));
        var evidence = Collect(rollout, group, devices, seen, failed: devices.Count(static device => device.HasFailed) + (isLate ? unsettled : 0));

        if (Harm(gate, evidence) is { } harm) return Fail(harm.Word, harm.Reason, evidence);

        var missing = Missing(gate, rollout, evidence, unsettled, isLate, seen);
        if (missing is not null)
        {
            return isLate ? Fail("no-data", $"after {waited.TotalSeconds:0} s: {missing}", evidence) : new GateVerdict(GateOutcome.Wait, null, missing, evidence);
        }

        if (Behaviour(gate, evidence) is { } worse) return Fail(worse.Word, worse.Reason, evidence);
        if (evidence.LabelledNormalWindows < gate.MinimumLabelledNormalWindows)
        {
            var unlabelled = $"{evidence.LabelledNormalWindows} of {gate.MinimumLabelledNormalWindows} windows labelled normal";
            return isLate ? Fail("no-data", $"after {waited.TotalSeconds:0} s: {unlabelled}", evidence) : new GateVerdict(GateOutcome.Wait, null, unlabelled, evidence);
        }

        var compared = evidence.ControlAlarmRate is { } control ? $"{Share(control)} of the control" : "no control device";
        return new GateVerdict(GateOutcome.Pass, null, $"{evidence.Windows} windows of {evidence.DevicesAnswered} devices, alarm rate {Share(evidence.AlarmRate)} against {compared}", evidence);
    }

    /// <summary>Online, told, and neither committed nor failed: its verdict is still to come.</summary>
    private static bool IsUnsettled(DeviceState device, FleetSeen seen) =>
        !device.HasFailed && device.State != SlotState.Committed && seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online;

    private static GateEvidence Collect(RolloutState rollout, GroupState group, List<DeviceState> devices, FleetSeen seen, int failed)
    {
        var sum = devices.Aggregate(new EvidenceSum(), static (total, device) => total.Plus(device.Sum));
        long alarmed = 0, quiet = 0;
        foreach (var device in devices)
        {
            if (!seen.Truth.TryGetValue(device.DeviceId, out var truth)) continue;
            alarmed += truth.Alarmed;
            quiet += truth.Quiet;
        }

        // The last group leaves nobody to compare with at the same time: then what the others showed earlier in this rollout stands in.
        var control = group.Control.Windows > 0 ? group.Control : rollout.Control;
        return new GateEvidence(
            devices.Count, devices.Count(static device => device.Touched), failed, sum.Windows, sum.AlarmRate, control.AlarmRate,
            alarmed + quiet > 0 ? (double)alarmed / (alarmed + quiet) : null, alarmed + quiet, sum.Windows > 0 ? (double)sum.Invalid / sum.Windows : 0, sum.P99Us);
    }

    private static (string Word, string Reason)? Harm(GatePolicy gate, GateEvidence evidence)
    {
        if (evidence.DevicesTold > 0 && (double)evidence.DevicesFailed / evidence.DevicesTold > gate.MaximumFailedShare)
        {
            return ("failed-devices", $"{evidence.DevicesFailed} of {evidence.DevicesTold} devices refused, returned or did not settle; allowed is a share of {Share(gate.MaximumFailedShare)}");
        }

        return evidence.InvalidRate > gate.MaximumInvalidRate
            ? ("invalid", $"{Share(evidence.InvalidRate)} of {evidence.Windows} scores are no numbers; allowed are {Share(gate.MaximumInvalidRate)}")
            : null;
    }

    private static string? Missing(GatePolicy gate, RolloutState rollout, GateEvidence evidence, int unsettled, bool isLate, FleetSeen seen)
    {
        if (evidence.DevicesAnswered == 0) return "no device answers with the new digest";
        if (evidence.Windows < Math.Max(1, gate.MinimumWindows)) return $"{evidence.Windows} of {gate.MinimumWindows} windows";
        if (unsettled > 0 && !isLate) return $"{unsettled} devices have not settled";
        return evidence.ControlAlarmRate is null && HasControl(rollout, seen) ? "nothing from the control devices" : null;
    }

    /// <summary>Somebody online answers with a model and was not told: there is a control that can speak.</summary>
    private static bool HasControl(RolloutState rollout, FleetSeen seen)
    {
        var told = rollout.Devices.Where(static device => device.Told).Select(static device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
        return seen.Devices.Values.Any(twin => twin.Online && twin.ActiveDigest is not null && twin.ActiveDigest != rollout.Request.Digest && !told.Contains(twin.DeviceId));
    }

    private static (string Word, string Reason)? Behaviour(GatePolicy gate, GateEvidence evidence)
    {
        if (evidence is { AlarmRate: { } rate, ControlAlarmRate: { } control } && rate > control + gate.MaximumAlarmRateIncrease)
        {
            return ("alarm-rate", $"alarm rate {Share(rate)} over {evidence.Windows} windows; control {Share(control)}, allowed increase {Share(gate.MaximumAlarmRateIncrease)}");
        }

        if (evidence is { FalseAlarmRate: { } wrong, LabelledNormalWindows: >= MinimumLabelledWindows } && wrong > gate.MaximumFalseAlarmRate)
        {
            return ("false-alarms", $"alarms on {Share(wrong)} of {evidence.LabelledNormalWindows} windows labelled normal; allowed are {Share(gate.MaximumFalseAlarmRate)}");
        }

        return evidence.InferenceP99Us > gate.MaximumInferenceP99Us
            ? ("latency", $"inference p99 {evidence.InferenceP99Us.ToString("0", CultureInfo.InvariantCulture)} µs; allowed are {gate.MaximumInferenceP99Us.ToString("0", CultureInfo.InvariantCulture)}")
            : null;
    }

    private static GateVerdict Fail(string word, string reason, GateEvidence evidence) => new(GateOutcome.Fail, word, reason, evidence);

    private static string Share(double? share) => share is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";
}
