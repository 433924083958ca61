namespace Operator.Cli.Demo.Scoring;

/// <summary>Row-wise outlier score, counts pooled: F1 = TP/(TP+(FP+FN)/2), FAR = FP/(FP+TN), MAR = FN/(FN+TP).</summary>
/// <remarks>As the SKAB benchmark scores it: rows 0 to 399 of a recording are its training part and do not count.</remarks>
internal readonly record struct OutlierScore(long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives)
{
    public const int TrainingRows = 400;

    public double F1 => Ratio(TruePositives, TruePositives + ((FalsePositives + FalseNegatives) / 2.0));

    public double FalseAlarmRate => Ratio(FalsePositives, FalsePositives + TrueNegatives);

    public double MissedAlarmRate => Ratio(FalseNegatives, FalseNegatives + TruePositives);

    public static OutlierScore operator +(OutlierScore left, OutlierScore right) => new(
        left.TruePositives + right.TruePositives, left.FalsePositives + right.FalsePositives,
        left.TrueNegatives + right.TrueNegatives, left.FalseNegatives + right.FalseNegatives);

    /// <param name="truth">One per row of the recording.</param>
    /// <param name="alarms">Same length; a row without an answer counts as no alarm.</param>
    public static OutlierScore Of(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> alarms)
    {
        if (truth.Length != alarms.Length) throw new ArgumentException($"{truth.Length} rows of truth but {alarms.Length} answers");
        var score = default(OutlierScore);
        for (var row = TrainingRows; row < truth.Length; row++)
        {
            score += (truth[row], alarms[row]) switch
            {
                (true, true) => new OutlierScore(1, 0, 0, 0),
                (false, true) => new OutlierScore(0, 1, 0, 0),
                (false, false) => new OutlierScore(0, 0, 1, 0),
                (true, false) => new OutlierScore(0, 0, 0, 1),
            };
        }

        return score;
    }

    private static double Ratio(double part, double whole) => whole == 0 ? 0 : part / whole;
}
