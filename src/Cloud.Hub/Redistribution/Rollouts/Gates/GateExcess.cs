using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What forbids success although nothing proves harm: a figure above its limit, or one that may
/// still, at 95 % certainty, be above. More data decide. Pure.</summary>
internal static class GateExcess
{
    /// <summary>From these odds on it stops when the wait is over, and a comparison in shadow does: no more windows will decide.</summary>
    private const double EndedDoubt = 5;

    public static Holdup? Find(GroupLook look) =>
        look.Evidence.Metrics.Select(metric => Of(look, metric, look.Tests[metric.Name])).FirstOrDefault(static holdup => holdup is not null);

    /// <summary>A slice that speaks against the model: until the wait is over more windows, and more devices of it, decide.</summary>
    public static Holdup? Doubted(MetricTest test, MetricEvidence metric, double odds) =>
        test.Slices.FirstOrDefault(slice => slice.Wager.Odds >= odds) is { } slice
            ? new Holdup(
                metric.Name,
                $"{metric.Name} of {slice.Slice} {GateWords.Percent(slice.Wager.Value)}; odds of {GateWords.Number(slice.Wager.Odds)} to 1 on that slice")
            : null;

    /// <summary>A comparison ends with the swap: chance would hold a group back for good, so that doubt must be more than chance.</summary>
    public static bool IsEnded(MetricEvidence metric) => metric.Name is GateLimits.ShadowAlarms or GateLimits.ShadowDisagreement;

    private static Holdup? Of(GroupLook look, MetricEvidence metric, MetricTest test)
    {
        var (value, reference) = (test.Whole.Value, metric.Reference is null ? 0 : test.Whole.Reference / Math.Max(test.Whole.Trials, 1e-9));
        // Few trials may differ by more than the limit although the models do not: no reason to stop when the wait is over.
        var isChance = look.IsLate && metric.Reference is not null && ScoreInterval.LeastExcess(value, reference, test.Whole.Trials) <= 0;
        if (value - reference > metric.Limit && !isChance && (!IsEnded(metric) || metric.Odds >= EndedDoubt))
            return new Holdup(metric.Name, GateWords.Describe(metric));
        if (!IsEnded(metric) && Doubted(test, metric, EndedDoubt) is { } slice) return slice;
        var isRate = metric.Name is GateLimits.AlarmRate or GateLimits.PromisedAlarms;
        var highest = isRate ? ScoreInterval.Upper(value, test.Whole.Trials) - reference : 0;
        return highest > metric.Limit && metric.Limit < 1
            ? new Holdup(metric.Name, $"{GateWords.Describe(metric)}; it may be {GateWords.Percent(highest)} more") : null;
    }
}
