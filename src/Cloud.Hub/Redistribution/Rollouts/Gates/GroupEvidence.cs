using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What the told devices of a group have shown so far, as a gate looks at it. Pure.</summary>
internal static class GroupEvidence
{
    public static GateEvidence Collect(
        RolloutState rollout, IReadOnlyDictionary<string, MetricTest> tests, List<DeviceState> told, FleetSeen seen)
    {
        var gate = rollout.Request.Gate;
        var deciding = GateMetric.Of(rollout);
        var stopsAt = deciding.Count * rollout.Groups.Count / gate.FalseStopRate;
        var metrics = new List<MetricEvidence>();
        foreach (var metric in deciding)
        {
            if (!tests.TryGetValue(metric.Name, out var test)) continue;
            var standing = test.Standing;
            var shown = standing?.Wager ?? test.Whole;
            var (reference, limit) = (shown.Reference / Math.Max(shown.Trials, 1e-9), gate.LimitOf(metric.Name));
            var differs = tests.TryGetValue(GateLimits.ShadowDisagreement, out var pairs)
                ? (pairs.Whole.Seen + 1) / (pairs.Whole.Trials + 1) : 1;
            metrics.Add(new MetricEvidence(
                metric.Name, shown.Value, metric.IsCompared ? reference : null, limit, shown.Trials, test.Odds, stopsAt,
                standing?.Slice,
                GatePower.Tells(metric.Kind, limit, metric.Kind == MetricKind.Paired ? differs : reference, shown.Trials, stopsAt)));
        }

        return new GateEvidence(
            told.Count, told.Count(static device => device.Touched), told.Count(static device => device.HasFailed),
            told.Count(static device => device.IsUndelivered),
            told.Count(device => IsUnderWay(device, seen)), told.Count(static device => !device.HasSpoken),
            told.Sum(static device => device.Judged?.Alone?.Windows ?? 0),
            told.Sum(device => seen.Truth.GetValueOrDefault(device.DeviceId).Normal), told.Sum(static device => device.Judged?.Shadow?.Compared ?? 0),
            metrics)
        {
            DevicesHealthy = rollout.HasWindows
                ? 0 : told.Count(device => device is { Touched: true, HasEnded: false } && device.HealthyTime >= gate.MinimumHealthyTime),
            DevicesLost = rollout.HasWindows ? 0 : told.Count(device => Heartbeats.IsLost(rollout, device, seen)),
        };
    }

    /// <summary>Online, told, and neither committed nor failed: its verdict is still to come.</summary>
    private static bool IsUnderWay(DeviceState device, FleetSeen seen) =>
        !device.HasEnded && device.State != SlotState.Committed && seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online;
}
