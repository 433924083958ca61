using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Proof, where a gate asks for it (<see cref="GatePolicy.MinimumShadowWindows"/>), that on the same windows a model alarms no oftener than
/// allowed. It is given while devices answer in shadow, so that one that is a little worse is stopped before they change. Pure.</summary>
internal static class ShadowProof
{
    /// <summary>How much the devices of a group compare, of the minimum: with that alone a model as good as the old one would often not be
    /// proven, and devices fall away.</summary>
    private const double Plenty = 3;

    /// <summary>So much of the minimum is enough to tell one whose figure is above the limit.</summary>
    private const double Enough = 2.5;

    private const int MaxWindows = 1_000_000;

    /// <summary>Windows that each device of a group compares.</summary>
    /// <param name="index">Of the group.</param>
    /// <returns>Null: as many as the request says.</returns>
    public static int? WindowsEach(RolloutState rollout, int index, FleetSeen seen)
    {
        var (request, least) = (rollout.Request, rollout.Request.Gate.MinimumShadowWindows);
        if (least == 0 || !rollout.HasWindows) return null;
        var online = rollout.Devices.Count(device => device.Group == index && seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Online);
        return (int)Math.Clamp(Math.Ceiling(Plenty * least / Math.Max(1, online)), request.ShadowWindows, MaxWindows);
    }

    /// <summary>The group has compared so much that those of its devices that lag are not waited for.</summary>
    public static bool IsEnough(GatePolicy gate, IReadOnlyDictionary<string, MetricTest> tests) => gate.MinimumShadowWindows > 0
        && tests.TryGetValue(GateLimits.ShadowAlarms, out var pairs)
        && pairs.Whole.Trials * gate.WindowsPerEpisode >= Enough * gate.MinimumShadowWindows;

    /// <param name="isOver">Nobody compares any more.</param>
    /// <returns>True: proven at 95 % certainty, or not asked for. False: not, and enough was compared that the figure would be within its limit,
    /// or no more will be. Null: more windows decide.</returns>
    public static bool? Verdict(GatePolicy gate, IReadOnlyDictionary<string, MetricTest> tests, bool isOver)
    {
        var limit = gate.LimitOf(GateLimits.ShadowAlarms);
        if (gate.MinimumShadowWindows == 0 || limit >= 1) return true;
        if (!tests.TryGetValue(GateLimits.ShadowAlarms, out var pairs)) return isOver ? false : null;
        if (IsEnough(gate, tests) && pairs.Whole.Value > limit) return false;
        if (PairInterval.Upper(pairs.Whole, tests[GateLimits.ShadowDisagreement].Whole) <= limit) return true;
        return isOver ? false : null;
    }
}
