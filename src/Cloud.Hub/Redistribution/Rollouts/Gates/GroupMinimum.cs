using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What must be there before a group's figures can say anything: told devices that answered, and as much of each kind of evidence as the
/// gate asks for. No data is never success. Pure.</summary>
internal static class GroupMinimum
{
    /// <returns>The first that is missing; null: nothing is.</returns>
    public static Holdup? Missing(GroupLook look) =>
        Untold(look) ?? Undelivered(look) ?? Unanswered(look) ?? (look.Rollout.HasWindows
            ? Windows(look) ?? OnTheWay(look) ?? Idle(look) ?? Silent(look)
                ?? Latency(look) ?? ControlSilent(look) ?? SideBySide(look) ?? Labels(look)
            : Lost(look) ?? Unsteady(look) ?? OnTheWay(look) ?? Idle(look) ?? Silent(look));

    private static Holdup? Untold(GroupLook look) => look.Told.Count < look.Planned
        ? new Holdup("no-data", $"{look.Told.Count} of {Counted.Of(look.Planned, "device")} told") : null;

    private static Holdup? Undelivered(GroupLook look)
    {
        var planned = OfPlan(look);
        var spoke = planned.Count(static device => device.HasSpoken);
        var undelivered = planned.Count(static device => device.IsUndelivered);
        return IsOver(undelivered, spoke, look.Gate.MaximumUndeliveredShare)
            ? new Holdup(
                "undelivered",
                $"{undelivered} of {Counted.Of(spoke, "device")} that spoke could not get the package or may not install it; allowed is a share of {GateWords.Percent(look.Gate.MaximumUndeliveredShare)}")
            : null;
    }

    private static Holdup? Unanswered(GroupLook look) =>
        look.Evidence.DevicesAnswered == 0 ? new Holdup("no-data", "no device answers with the new digest") : null;

    /// <summary>What answers no windows proves itself by running: still heard of, …</summary>
    private static Holdup? Lost(GroupLook look)
    {
        var allowed = look.Gate.MaximumLostShare + Heartbeats.ControlLost(look.Rollout, look.Seen);
        return IsOver(look.Evidence.DevicesLost, Spoke(look), allowed)
            ? new Holdup(
                "lost",
                $"{look.Evidence.DevicesLost} of {Counted.Of(Spoke(look), "device")} that spoke not heard of for {look.Gate.MaximumHeartbeatAge.TotalSeconds:0} s; allowed is a share of {GateWords.Percent(allowed)}, with what is away among the control")
            : null;
    }

    /// <summary>… for a time, without another start.</summary>
    private static Holdup? Unsteady(GroupLook look)
    {
        var evidence = look.Evidence;
        var open = Spoke(look) - evidence.DevicesFailed - evidence.DevicesUndelivered - evidence.DevicesLost;
        return evidence.DevicesHealthy < (look.IsLate ? 1 : Math.Max(1, open))
            ? new Holdup(
                "no-data",
                $"{evidence.DevicesHealthy} of {Counted.Of(open, "device")} that began answered with the new digest for {look.Gate.MinimumHealthyTime.TotalSeconds:0} s without another start")
            : null;
    }

    private static Holdup? Windows(GroupLook look) => look.Evidence.Windows < Math.Max(1, look.Gate.MinimumWindows)
        ? new Holdup("no-data", $"{look.Evidence.Windows} of {Counted.Of(look.Gate.MinimumWindows, "window")}") : null;

    /// <summary>Half of the devices may lag where the others have shown in shadow what was asked for.</summary>
    private static Holdup? OnTheWay(GroupLook look)
    {
        var mayLag = ShadowProof.IsEnough(look.Gate, look.Group) && 2 * look.Evidence.DevicesIdle <= Spoke(look);
        return look.Evidence.DevicesIdle > 0 && !look.IsLate && !mayLag
            ? new Holdup("no-data", $"{Counted.Of(look.Evidence.DevicesIdle, "device")} still on the way") : null;
    }

    private static Holdup? Idle(GroupLook look) => IsOver(look.Evidence.DevicesIdle, Spoke(look), look.Gate.MaximumIdleShare)
        ? new Holdup(
            "idle",
            $"{look.Evidence.DevicesIdle} of {Counted.Of(Spoke(look), "device")} that spoke still on the way, as a machine that stands still for example; allowed is a share of {GateWords.Percent(look.Gate.MaximumIdleShare)}")
        : null;

    private static Holdup? Silent(GroupLook look)
    {
        var planned = OfPlan(look);
        var silent = planned.Count(static device => !device.HasSpoken);
        return IsOver(silent, planned.Count, look.Gate.MaximumSilentShare)
            ? new Holdup(
                "silence", $"{silent} of {Counted.Of(planned.Count, "told device")} silent; allowed is a share of {GateWords.Percent(look.Gate.MaximumSilentShare)}")
            : null;
    }

    private static Holdup? Latency(GroupLook look) =>
        look.Evidence.Metric(GateLimits.Latency) is null && look.Gate.LimitOf(GateLimits.Latency) < 1
            ? new Holdup("no-data", $"no device has timed {ModelEvidence.EnoughTimings} answers yet, so nothing is known of their speed") : null;

    private static Holdup? ControlSilent(GroupLook look) => look.Evidence.Metric(GateLimits.AlarmRate) is null && look.Control.CanSpeak
        ? new Holdup("no-data", "no word yet from the devices that keep the old model") : null;

    private static Holdup? SideBySide(GroupLook look) => look.Evidence.ShadowWindows < look.Gate.MinimumShadowWindows
        ? new Holdup("no-data", $"{look.Evidence.ShadowWindows} of {Counted.Of(look.Gate.MinimumShadowWindows, "window")} answered side by side") : null;

    private static Holdup? Labels(GroupLook look) => look.Evidence.LabelledNormalWindows < look.Gate.MinimumLabelledNormalWindows
        ? new Holdup(
            "no-data",
            $"{look.Evidence.LabelledNormalWindows} of {Counted.Of(look.Gate.MinimumLabelledNormalWindows, "window")} labelled normal") : null;

    /// <summary>Of the group's plan: a reserve that fails as well is one of those that it was called from, and who was called away was not
    /// silent.</summary>
    private static List<DeviceState> OfPlan(GroupLook look) =>
        [.. look.Rollout.Devices.Where(device => device.Told && (device.Called?.From ?? device.Group) == look.Index)];

    private static int Spoke(GroupLook look) => look.Evidence.DevicesTold - look.Evidence.DevicesSilent;

    private static bool IsOver(int part, int whole, double most) => whole > 0 && (double)part / whole > most;
}
