using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Takes in what devices said, by facts and by twins. Pure; each look at a fleet costs one pass, however many facts there are.</summary>
internal static class RolloutObservation
{
    /// <summary>Takes in facts. Order between devices does not matter.</summary>
    public static RolloutState Observe(RolloutState rollout, IReadOnlyCollection<RolloutFact> facts)
    {
        if (rollout.HasEnded || facts.Count == 0) return rollout;
        var places = new Dictionary<string, int>(rollout.Devices.Count, StringComparer.Ordinal);
        for (var i = 0; i < rollout.Devices.Count; i++) places[rollout.Devices[i].DeviceId] = i;
        var devices = rollout.Devices.ToArray();
        var control = new EvidenceSum();
        var hasControlDevices = rollout.HasControlDevices;
        foreach (var fact in facts)
        {
            var place = places.GetValueOrDefault(fact.DeviceId, -1);
            var device = place < 0 ? null : devices[place];
            if (device is { Told: true }) devices[place] = Told(rollout, device, fact);
            else if (fact.Evidence is { Windows: > 0 } evidence && evidence.Digest != rollout.Request.Digest && (!hasControlDevices || device is { IsControl: true })) control = control.Plus(evidence);
        }

        rollout = rollout with { Devices = devices };
        return control.Windows == 0 || rollout.State == RolloutState.Restoring ? rollout : rollout with
        {
            Control = rollout.Control.Plus(control),
            Groups = [.. rollout.Groups.Select(group => group.State is GroupState.Deploying or GroupState.Observing ? group with { Control = group.Control.Plus(control) } : group)],
        };
    }

    /// <summary>Takes in the twins: they hold also when a fact was missed while the hub was down.</summary>
    public static RolloutState Look(RolloutState rollout, FleetSeen seen)
    {
        DeviceState[]? changed = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if (!device.Told || !seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.HasReported) continue;
            var next = Seen(rollout, device, twin);
            if (next == device) continue;
            changed ??= [.. rollout.Devices];
            changed[i] = next;
        }

        return changed is null ? rollout : rollout with { Devices = changed };
    }

    private static DeviceState Told(RolloutState rollout, DeviceState device, RolloutFact fact)
    {
        var digest = rollout.Request.Digest;
        if (fact.Report is { } report) return Reported(device, report, digest);
        return fact.Evidence is { Windows: > 0 } evidence && evidence.Digest == digest && rollout.State != RolloutState.Restoring
            ? device with { Touched = true, AnsweringDigest = digest, Sum = device.Sum.Plus(evidence) }
            : device;
    }

    private static DeviceState Reported(DeviceState device, SlotReport report, string digest)
    {
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

    private static DeviceState Seen(RolloutState rollout, DeviceState device, DeviceSeen twin)
    {
        var digest = rollout.Request.Digest;
        var next = device with { AnsweringDigest = twin.ActiveDigest, Touched = device.Touched || twin.ActiveDigest == digest };
        if (rollout.State == RolloutState.Restoring)
        {
            return next with { Back = twin.IsUpToDate && twin.ActiveDigest == device.PreviousDigest && twin.DesiredDigest == device.PreviousDigest };
        }

        if (!twin.IsUpToDate || twin.DesiredRolloutId != rollout.RolloutId) return next;
        // A failure stays one: the twin may still be from before it.
        if (!next.HasFailed && twin.ActiveDigest == digest && twin.SlotState == SlotState.Committed) next = next with { State = SlotState.Committed };
        return twin.ActiveDigest != digest && twin.SlotState is SlotState.Refused or SlotState.Returned ? next with { State = twin.SlotState, Reason = next.Reason ?? twin.Refusal } : next;
    }
}
