using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Takes in what devices said, by facts and by twins. Pure; each look at a fleet costs one pass, however many facts there are.</summary>
internal static class RolloutObservation
{
    /// <summary>Takes in facts. Order between devices does not matter. Devices outside the rollout say nothing
    /// of it: they are other machines, or run other models.</summary>
    public static RolloutState Observe(RolloutState rollout, IReadOnlyCollection<RolloutFact> facts)
    {
        if (rollout.HasEnded || facts.Count == 0) return rollout;
        var places = new Dictionary<string, int>(rollout.Devices.Count, StringComparer.Ordinal);
        for (var i = 0; i < rollout.Devices.Count; i++) places[rollout.Devices[i].DeviceId] = i;
        var devices = rollout.Devices.ToArray();
        foreach (var fact in facts)
        {
            if (!places.TryGetValue(fact.DeviceId, out var place)) continue;
            if (fact.Report is { } report) devices[place] = Reported(devices[place], report, rollout.Request.Digest);
            else if (fact.Evidence is { } evidence && rollout.State != RolloutState.Restoring)
                devices[place] = Shown(rollout, devices[place], evidence);
        }

        return rollout with { Devices = devices };
    }

    /// <summary>Takes in the twins: they hold also when a fact was missed while the hub was down.</summary>
    public static RolloutState Look(RolloutState rollout, FleetSeen seen)
    {
        DeviceState[]? changed = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if ((!device.Told && rollout.HasWindows) || !seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.HasReported) continue;
            var next = device.Told ? Seen(rollout, device, twin) : device;
            if (!rollout.HasWindows) next = Heartbeats.Take(rollout, next, twin, seen.Now);
            if (next == device) continue;
            changed ??= [.. rollout.Devices];
            changed[i] = next;
        }

        return changed is null ? rollout : rollout with { Devices = changed };
    }

    /// <summary>That a device answers with the new digest is for its twin and its slot to say:
    /// evidence alone is kept, and counts once they do.</summary>
    private static DeviceState Shown(RolloutState rollout, DeviceState device, ModelEvidence evidence)
    {
        if (EvidenceRules.Fault(evidence) is { } fault) return device with { Distrust = device.Distrust ?? fault };
        if (evidence.Windows == 0) return device;
        var digest = rollout.Request.Digest;
        if (evidence.Digest == digest)
            return device.Told ? device with { Sum = (device.Sum ?? new EvidenceSum()).Plus(evidence, rollout.Request.Gate, device.Before) } : device;
        if (evidence.Digest != device.PreviousDigest) return device;
        return WithShadow(
            device with { Before = (device.Before ?? new EvidenceSum()).Plus(evidence, rollout.Request.Gate, null) }, evidence.Shadow, digest);
    }

    private static DeviceState Reported(DeviceState device, SlotReport report, string digest)
    {
        if (!device.Told) return device;
        device = device with { AnsweringDigest = report.AnsweringDigest, Touched = device.Touched || report.AnsweringDigest == digest };
        if (report.Digest != digest) return device;
        if (report.State is SlotState.Active or SlotState.Committed && report.AnsweringDigest != digest)
            return CameBack(device, report.AnsweringDigest);
        return WithShadow(device, report.Shadow, digest) with
        {
            State = report.State,
            Reason = report.Reason is null ? device.Reason : report.Detail is null ? report.Reason : $"{report.Reason}: {report.Detail}",
            Touched = device.Touched || report.State is SlotState.Active or SlotState.Committed or SlotState.Returned,
            SwapMs = report.SwapMs ?? device.SwapMs,
        };
    }

    /// <summary>A comparison only grows; one that is smaller was begun anew.</summary>
    private static DeviceState WithShadow(DeviceState device, ShadowEvidence? shadow, string digest)
    {
        if (shadow?.Digest != digest || !device.Told || EvidenceRules.Fault(shadow) is not null) return device;
        return device
            with { Shadow = shadow, Judged = shadow.Compared < device.Shadow?.Compared && device.Judged is { } judged
                ? judged with { Shadow = null } : device.Judged };
    }

    /// <summary>What counts is the digest that answers. A device that says it has installed the new model and comes back
    /// with another has failed (eclipse-hawkbit #3185 takes it for a success).</summary>
    private static DeviceState CameBack(DeviceState device, string? answering) => device with
    {
        State = SlotState.Returned,
        AnsweringDigest = answering,
        Reason = $"it said it had the new model, and answers with {answering ?? "none"}",
    };

    private static DeviceState Seen(RolloutState rollout, DeviceState device, DeviceSeen twin)
    {
        var has = twin.ActiveDigest == rollout.Request.Digest;
        // A new state only where something changed: most of a large fleet is as it was at the last look.
        var next = device.AnsweringDigest == twin.ActiveDigest && (!has || device is { Touched: true, Confirmed: true }) ? device : device
            with { AnsweringDigest = twin.ActiveDigest, Touched = device.Touched || has, Confirmed = device.Confirmed || has };
        if (rollout.State == RolloutState.Restoring)
        {
            var isBack = twin.IsUpToDate && twin.ActiveDigest == device.PreviousDigest && twin.DesiredDigest == device.PreviousDigest;
            return next.Back == isBack ? next : next with { Back = isBack };
        }

        if (!twin.IsUpToDate || twin.DesiredRolloutId != rollout.RolloutId || twin.DesiredAttempt != device.Attempt) return next;
        // A failure stays one: the twin may still be from before it.
        if (next.Confirmed && !has && !next.HasEnded) return CameBack(next, twin.ActiveDigest);
        var isNew = has ? twin.SlotState == SlotState.Committed && !next.HasEnded : twin.SlotState is SlotState.Refused or SlotState.Returned;
        if (!isNew || next.State == twin.SlotState) return next;
        return has ? next with { State = twin.SlotState } : next with { State = twin.SlotState, Reason = next.Reason ?? twin.Refusal };
    }
}
