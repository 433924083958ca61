namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>The rate that is exceeded in truth in at most 5 of 100 cases, by Wilson's score interval (Wilson,
/// Journal of the American Statistical Association 22, 1927).</summary>
internal static class ScoreInterval
{
    /// <summary>Quantile of the one-sided 95 % bound.</summary>
    private const double Z95 = 1.6449;

    /// <param name="rate">Seen, 0 to 1.</param>
    /// <param name="trials">Independent ones that it was seen in; need not be whole.</param>
    /// <returns>1 without a trial.</returns>
    public static double Upper(double rate, double trials)
    {
        if (trials <= 0) return 1;
        var centre = rate + (Z95 * Z95 / (2 * trials));
        var spread = Z95 * Math.Sqrt((rate * (1 - rate) / trials) + (Z95 * Z95 / (4 * trials * trials)));
        return Math.Min(1, (centre + spread) / (1 + (Z95 * Z95 / trials)));
    }
}
