using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>A running bet against the claim that a mean is within its limit: what a stake of 1 has become. Pure.</summary>
/// <remarks>
/// Each observation x multiplies the capital by 1 + λ(x − limit), which never is negative and on average never grows while the
/// mean of x, given all before, is within the limit: a test martingale. By Ville's inequality
/// the chance that it ever reaches 1/α is then at most α, however often one looks (Waudby-Smith and Ramdas, Journal of the
/// Royal Statistical Society B 86, 2024). Which λ is best is not known, so equal parts
/// are laid on several. Observations of one episode are counted as a part of one each: the geometric mean of factors,
/// which by Hölder's inequality keeps the promise whatever ties them together.
/// </remarks>
internal sealed record Wager
{
    /// <summary>Odds stop here: beyond, the figure says no more, and would leave the numbers that JSON knows.</summary>
    public const double Certain = 1e12;

    /// <summary>Below this the limit is taken for this: a limit of nothing would make one observation certainty.</summary>
    private const double LeastLimit = 1e-4;

    /// <summary>Parts of what may be lost at most with one observation, evenly spaced in their logarithm.</summary>
    private static readonly double[] Stakes = [.. Enumerable.Range(0, 8).Select(static i => 0.02 * Math.Pow(45, i / 7.0))];

    /// <summary>By stake; empty: nothing was bet yet.</summary>
    public IReadOnlyList<double> LogCapital { get; init; } = [];

    /// <summary>Independent observations so far.</summary>
    public double Trials { get; init; }

    /// <summary>Sum of what was observed, over trials.</summary>
    public double Seen { get; init; }

    /// <summary>Sum of what it was compared with, over trials; 0 where it is held against its limit alone.</summary>
    public double Reference { get; init; }

    /// <summary>Odds against a mean within the limit; 1 says nothing.</summary>
    [JsonIgnore]
    public double Odds => LogCapital.Count == 0 ? 1 : Math.Min(Certain, LogCapital.Average(static capital => Math.Exp(Math.Min(capital, 50))));

    [JsonIgnore]
    public double Value => Trials > 0 ? Seen / Trials : 0;

    /// <summary>Shares held against the limit alone.</summary>
    /// <param name="trials">0 or more; need not be whole.</param>
    /// <param name="hits">0 to <paramref name="trials"/>.</param>
    public Wager Bet(double trials, double hits, double limit) =>
        With(hits, trials - hits, 0, limit, lowest: 0) with { Trials = Trials + trials, Seen = Seen + hits, Reference = Reference };

    /// <summary>Pairs: so many times only the new one hit, only the other did, or neither or both.</summary>
    public Wager BetPairs(double trials, double onlyNew, double onlyOther, double limit) =>
        With(onlyNew, trials - onlyNew - onlyOther, onlyOther, limit, lowest: -1)
            with { Trials = Trials + trials, Seen = Seen + onlyNew - onlyOther };

    /// <summary>Two samples: as many pairs as the smaller has trials, taken at random.</summary>
    public Wager BetSamples(double trials, double share, double otherTrials, double otherShare, double limit)
    {
        var pairs = Math.Min(trials, otherTrials);
        var (onlyNew, onlyOther) = (pairs * share * (1 - otherShare), pairs * (1 - share) * otherShare);
        return With(onlyNew, pairs - onlyNew - onlyOther, onlyOther, limit, lowest: -1) with
        {
            Trials = Trials + pairs, Seen = Seen + (pairs * share), Reference = Reference + (pairs * otherShare),
        };
    }

    /// <summary>Expected growth of the logarithm of the best stake's capital, a trial.</summary>
    /// <param name="up">Chance of 1; of pairs: that only the new one hits.</param>
    /// <param name="down">Of pairs: that only the other one hits.</param>
    public static double Growth(double up, double down, double limit, bool isPair)
    {
        if (limit >= 1) return 0;
        limit = Math.Max(limit, LeastLimit);
        var best = double.NegativeInfinity;
        foreach (var part in Stakes)
        {
            var stake = part / (limit + (isPair ? 1 : 0));
            best = Math.Max(
                best, (up * Math.Log(1 + (stake * (1 - limit)))) + ((1 - up - down) * Math.Log(1 - (stake * limit))) + (down > 0
                    ? down * Math.Log(1 - (stake * (1 + limit))) : 0));
        }

        return best;
    }

    private Wager With(double up, double level, double down, double limit, double lowest)
    {
        if (limit >= 1) return this;
        limit = Math.Max(limit, LeastLimit);
        var capital = new double[Stakes.Length];
        for (var i = 0; i < capital.Length; i++)
        {
            var stake = Stakes[i] / (limit - lowest);
            capital[i] = (LogCapital.Count > 0 ? LogCapital[i] : 0) + (up * Math.Log(1 + (stake * (1 - limit))))
                + (level * Math.Log(1 - (stake * limit)))
                + (down > 0 ? down * Math.Log(1 - (stake * (1 + limit))) : 0);
        }

        return this with { LogCapital = capital };
    }
}
