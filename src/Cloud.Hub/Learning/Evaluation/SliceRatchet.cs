using System.Globalization;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>No slice may become worse than the best it ever was. Worse means: so much lower a share of right answers that chance
/// alone explains it less often than <paramref name="level"/>, all slices together.</summary>
/// <remarks>
/// Where both models' answers to the same rows are known, only the rows on which they differ tell: one-sided test of McNemar 1947 with the
/// continuity correction. Else the one-sided test of two proportions with a success and a failure added to each side (Agresti and Caffo 2000),
/// which sees much less. Both at level / slices (Bonferroni). Compared with the best so far instead of the one before, so that many small losses
/// do not add up.
/// </remarks>
/// <param name="level">Chance that a candidate that is nowhere worse is refused.</param>
internal sealed class SliceRatchet(double level = 0.05)
{
    /// <returns>Null when no slice is worse; else the sentence that says which.</returns>
    public string? Refuses(IReadOnlyDictionary<string, SliceCount> best, IReadOnlyDictionary<string, SliceCount> candidate)
    {
        var common = candidate.Keys.Where(best.ContainsKey).Order(StringComparer.Ordinal).ToList();
        foreach (var slice in common)
        {
            var (was, now) = (best[slice], candidate[slice]);
            var chance = ChanceOfLower(was, now);
            if (chance < level / common.Count)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"slice {slice}: right answers fell from its best {100 * was.Share:0.0} % to {100 * now.Share:0.0} %, which chance explains {chance:0.0000} of the time");
            }
        }

        return null;
    }

    /// <summary>For each slice the better of the two, once a candidate is taken.</summary>
    public static Dictionary<string, SliceCount> Raise(IReadOnlyDictionary<string, SliceCount> best, IReadOnlyDictionary<string, SliceCount> taken)
    {
        var raised = new Dictionary<string, SliceCount>(best, StringComparer.Ordinal);
        foreach (var (slice, count) in taken)
        {
            if (!raised.TryGetValue(slice, out var was) || count.Share > was.Share) raised[slice] = count;
        }

        return raised;
    }

    /// <summary>How often a difference at least this large comes by chance where both are equally good.</summary>
    private static double ChanceOfLower(SliceCount was, SliceCount now)
    {
        if (was.Right is { } before && now.Right is { } after && before.Count == after.Count)
            return ChanceOfLost(before, after, now.Rows / after.Count);
        var (a, b) = ((was.Correct + 1) / (was.Rows + 2), (now.Correct + 1) / (now.Rows + 2));
        var deviation = Math.Sqrt((a * (1 - a) / (was.Rows + 2)) + (b * (1 - b) / (now.Rows + 2)));
        return UpperTail((a - b) / deviation);
    }

    /// <param name="weight">What an answer counts, at most 1: less where rows overlap.</param>
    private static double ChanceOfLost(IReadOnlyList<bool> before, IReadOnlyList<bool> after, double weight)
    {
        var (lost, won) = (0.0, 0.0);
        for (var i = 0; i < after.Count; i++)
        {
            if (before[i] == after[i]) continue;
            if (before[i]) lost += weight;
            else won += weight;
        }

        return lost <= won ? 1 : UpperTail((lost - won - 1) / Math.Sqrt(lost + won));
    }

    /// <summary>P(Z > z) of a standard normal: Abramowitz and Stegun 26.2.17, wrong by less than 7.5e-8.</summary>
    private static double UpperTail(double z)
    {
        if (z < 0) return 1 - UpperTail(-z);
        var t = 1 / (1 + (0.2316419 * z));
        var polynomial = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * polynomial;
    }
}
