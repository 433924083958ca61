namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>By how much the new model may alarm oftener than the old one on the same windows, at 95 % certainty.</summary>
internal static class PairInterval
{
    private const double Z95 = 1.6449;

    /// <param name="alarms">Difference of the two.</param>
    /// <param name="disagreement">Share of windows on which they differ: the variance of a pair lies at or below it. One
    /// more pair that differs is assumed, so that none seen is no certainty.</param>
    public static double Upper(Wager alarms, Wager disagreement)
    {
        if (alarms.Trials <= 0) return 1;
        var variance = (disagreement.Seen + 1) / (disagreement.Trials + 1);
        return alarms.Value + (Z95 * Math.Sqrt(variance / alarms.Trials));
    }
}
