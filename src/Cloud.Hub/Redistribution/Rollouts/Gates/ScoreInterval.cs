namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Rates that are exceeded in truth in at most 5 of 100 cases, by Wilson's score interval (Wilson,
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

    /// <summary>By how much one rate exceeds another at least, but in 5 of 100 cases (Newcombe, Statistics in
    /// Medicine 17, 1998, method 10).</summary>
    /// <param name="trials">Of each of the two; need not be whole.</param>
    /// <returns>−1 without a trial.</returns>
    public static double LeastExcess(double rate, double other, double trials)
    {
        if (trials <= 0) return -1;
        var below = rate - (1 - Upper(1 - rate, trials));
        var above = Upper(other, trials) - other;
        return rate - other - Math.Sqrt((below * below) + (above * above));
    }
}
