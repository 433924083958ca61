namespace Cloud.Hub.Learning.Search;

/// <summary>How much each hyperparameter decides who is among the best: PED-ANOVA (Watanabe et al. 2023), the Pearson
/// divergence of the best trials' density from that of all, one dimension at a time.</summary>
internal static class ParameterImportance
{
    /// <summary>Share of the trials that count as best.</summary>
    private const double BestShare = 0.2;

    /// <summary>Fewer best trials than this make no density.</summary>
    private const int FewestBest = 4;

    private const int Steps = 200;

    /// <returns>One share a dimension, sum 1; empty while there are too few results.</returns>
    public static IReadOnlyList<double> Of(IReadOnlyList<SearchTrial> trials)
    {
        var ranked = trials.Where(trial => trial.HasResult).OrderByDescending(trial => trial.Rung).ThenBy(trial => trial.Value).ToArray();
        var best = (int)Math.Ceiling(BestShare * ranked.Length);
        if (best < FewestBest) return [];
        var divergences = new double[ranked[0].Unit.Count];
        for (var d = 0; d < divergences.Length; d++)
        {
            double[] places = [.. ranked.Select(trial => trial.Unit[d])];
            divergences[d] = Divergence(new ParzenDensity(places.AsSpan(0, best)), new ParzenDensity(places));
        }

        var sum = divergences.Sum();
        return sum > 0 ? [.. divergences.Select(divergence => divergence / sum)] : divergences;
    }

    /// <summary>Mean of (best / all − 1)² under the density of all, by the midpoint rule.</summary>
    private static double Divergence(ParzenDensity best, ParzenDensity all)
    {
        var (bestMass, allMass) = (Mass(best), Mass(all));
        var sum = 0.0;
        for (var i = 0; i < Steps; i++)
        {
            var place = (i + 0.5) / Steps;
            var density = all.At(place) / allMass;
            var ratio = best.At(place) / bestMass / density;
            sum += density * (ratio - 1) * (ratio - 1) / Steps;
        }

        return sum;
    }

    private static double Mass(ParzenDensity density)
    {
        var sum = 0.0;
        for (var i = 0; i < Steps; i++) sum += density.At((i + 0.5) / Steps) / Steps;
        return sum;
    }
}
