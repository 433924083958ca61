using System.Globalization;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary>A rollout told to a person: what was asked, how each group did, what moved it and on
/// what evidence, who is not where it should be.</summary>
internal static class RolloutStory
{
    /// <summary>Devices listed one by one at most; the rest is a number.</summary>
    private const int MaxNamed = 20;

    public static void Print(RolloutAnswer rollout)
    {
        Tables.Say(
            $"{rollout.RolloutId}: {Words.Digest(rollout.Request.Digest)} for {Words.Count(rollout.Devices.Count(), "device")}, by {rollout.Request.RequestedBy}: {rollout.Request.Reason}");
        if (rollout.Request.Where is { } where) Tables.Say($"aimed at: {where}");
        if (rollout.Request.Continuous)
            Tables.Say(
                rollout.OpenSince is { } since
                    ? $"continuous: every group has passed, and it is open since {Words.Time(since)} for devices that join" : "continuous: it stays open for devices that join once every group has passed");
        if (rollout.ControlDevices.Count > 0) Tables.Say($"kept as they are for comparison: {Names(rollout.ControlDevices)}");
        if (rollout.WaitsFor.Count > 0) Tables.Say($"waits for devices of: {Names(rollout.WaitsFor)}");
        Tables.Print(
            ["group", "state", "told", "answered", "failed", "undelivered", "on the way", "silent", "lost", "healthy", "windows", "side by side",
                "labelled normal"],
            rollout.Groups.Select(static group => Row(group)));
        foreach (var group in rollout.Groups)
        {
            if (group.Evidence is not { Metrics.Count: > 0 } seen) continue;
            Tables.Say($"Evidence of {group.Name}:");
            Tables.Print(
                ["metric", "slice", "seen", "compared with", "limit", "trials", "odds of harm", "stops at", "would tell"],
                seen.Metrics.Select(static metric => Row(metric)));
        }

        Tables.Say("What happened:");
        foreach (var transition in rollout.Transitions) Tables.Say(Line(transition));
        var odd = rollout.Devices.Where(static device => device.Reason is not null).ToList();
        if (odd.Count > 0) Tables.Say("Of single devices:");
        foreach (var device in odd.Take(MaxNamed)) Tables.Say($"  {device.DeviceId}: {device.Reason}");
        if (odd.Count > MaxNamed) Tables.Say($"  and {odd.Count - MaxNamed} more");
        Tables.Say(Verdict(rollout));
    }

    public static string Line(TransitionAnswer transition)
    {
        var what = transition.From.Length > 0 ? $"{transition.Group}: {transition.From} → {transition.To}" : $"{transition.Group}: {transition.To}";
        return $"  {Words.Time(transition.At)}  {what}: {transition.Reason}";
    }

    public static string Verdict(RolloutAnswer rollout)
    {
        var touched = rollout.Devices.Count(static device => device.Touched);
        var restored = rollout.Devices.Count(static device => device.Restored);
        return rollout.State switch
        {
            "completed" => $"It completed: the new model answers on {touched} of {Words.Count(rollout.Devices.Count(), "device")}.",
            "restored" =>
                $"It was taken back ({rollout.StoppedBy}): {Words.Count(touched, "device")} changed, {restored} back at what was there before.",
            "restoring" => $"It is being taken back ({rollout.StoppedBy}): {restored} of {Words.Count(touched, "changed device")} back at what was there before.",
            "cancelled" => $"It was cancelled: {Words.Count(touched, "device")} changed, and stay so.",
            _ => $"It is {rollout.State}: {touched} of {Words.Count(rollout.Devices.Count(), "device")} changed.",
        };
    }

    private static string[] Row(RolloutGroupAnswer group)
    {
        if (group.Evidence is not { } seen) return [group.Name, group.State, .. Enumerable.Repeat("-", 11)];
        return
        [
            group.Name, group.State, Number(seen.DevicesTold), Number(seen.DevicesAnswered), Number(seen.DevicesFailed),
            Number(seen.DevicesUndelivered), Number(seen.DevicesIdle), Number(seen.DevicesSilent), Number(seen.DevicesLost),
            Number(seen.DevicesHealthy),
            Number(seen.Windows), Number(seen.ShadowWindows), Number(seen.LabelledNormalWindows),
        ];
    }

    private static string[] Row(MetricAnswer metric) =>
    [
        metric.Name, metric.Slice ?? "all", Words.Share(metric.Value), Words.Share(metric.Reference),
        metric.Reference is null ? Words.Share(metric.Limit) : $"+{Words.Share(metric.Limit)}", Number(metric.Trials),
        Words.Odds(metric.Odds), Number(metric.StopsAt),
        metric.Tells is { } tells ? $"{(metric.Reference is null ? "" : "+")}{Words.Share(tells)}" : "nothing yet",
    ];

    private static string Number(double number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Names(IReadOnlyList<string> devices) =>
        string.Join(", ", devices.Take(MaxNamed)) + (devices.Count > MaxNamed ? $" and {devices.Count - MaxNamed} more" : "");
}
