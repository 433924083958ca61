namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>How much counts speak against a rate within its limit, however often and whenever one looks. Pure.</summary>
/// <remarks>
/// The answer is a test martingale: the likelihood ratio of a mixture of rates above the limit against the limit itself. As long as the true rate is within the limit its expectation never exceeds 1,
/// so by Ville's inequality the chance that it ever reaches 1/α is at most α (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon, Annals of Statistics 49, 2021). That holds for independent trials; alarms come
/// in episodes, so <c>trialsPerEpisode</c> trials are taken for one. What that costs and misses is measured in docs/redistribution.md.
/// </remarks>
internal static class SequentialTest
{
    /// <summary>Rates above the limit that are mixed, evenly spaced.</summary>
    private const int Alternatives = 32;

    /// <summary>Odds stop here: beyond, the figure says no more, and would leave the numbers that JSON knows.</summary>
    private const double Certain = 1e12;

    /// <summary>Quantile of the one-sided 95 % bound on a rate.</summary>
    private const double Z95 = 1.6449;

    /// <summary>Odds against a rate within its limit; 1 says nothing, 100 is a hundred to one.</summary>
    /// <param name="hits">Of <paramref name="trials"/>.</param>
    /// <param name="limit">0 to 1; at 1 nothing can speak against it.</param>
    /// <param name="trialsPerEpisode">At least 1.</param>
    public static double Odds(long hits, long trials, double limit, double trialsPerEpisode)
    {
        if (trials == 0 || limit >= 1) return 1;
        limit = Math.Max(limit, 1e-6);
        var (hit, missed) = (hits / trialsPerEpisode, (trials - hits) / trialsPerEpisode);
        var odds = 0.0;
        for (var i = 0; i < Alternatives; i++)
        {
            var rate = limit + ((1 - limit) * (i + 0.5) / Alternatives);
            odds += Math.Exp((hit * Math.Log(rate / limit)) + (missed * Math.Log((1 - rate) / (1 - limit)))) / Alternatives;
        }

        return Math.Min(odds, Certain);
    }

    /// <summary>The rate that is exceeded in truth in at most 5 of 100 cases, by Wilson's score interval; 1 without a trial.</summary>
    public static double UpperBound(long hits, long trials, double trialsPerEpisode)
    {
        if (trials == 0) return 1;
        var n = trials / trialsPerEpisode;
        var rate = (double)hits / trials;
        var centre = rate + (Z95 * Z95 / (2 * n));
        var spread = Z95 * Math.Sqrt((rate * (1 - rate) / n) + (Z95 * Z95 / (4 * n * n)));
        return Math.Min(1, (centre + spread) / (1 + (Z95 * Z95 / n)));
    }
}
