namespace Hmas.Contracts.Models;

/// <summary>Row-wise counts: TP and FN are anomalous rows, FP and TN normal ones. The hub's held-out test
/// and whoever judges devices from outside count by it.</summary>
public readonly record struct Confusion(int TruePositives, int FalsePositives, int TrueNegatives, int FalseNegatives)
{
    public int Rows => TruePositives + FalsePositives + TrueNegatives + FalseNegatives;

    public int AnomalousRows => TruePositives + FalseNegatives;

    public static Confusion operator +(Confusion a, Confusion b) => new(
        a.TruePositives + b.TruePositives, a.FalsePositives + b.FalsePositives, a.TrueNegatives + b.TrueNegatives,
        a.FalseNegatives + b.FalseNegatives);

    public Confusion Add(bool anomalous, bool alarm) => (anomalous, alarm) switch
    {
        (true, true) => this with { TruePositives = TruePositives + 1 },
        (true, false) => this with { FalseNegatives = FalseNegatives + 1 },
        (false, true) => this with { FalsePositives = FalsePositives + 1 },
        (false, false) => this with { TrueNegatives = TrueNegatives + 1 },
    };

    /// <summary>F1 = TP/(TP + (FP + FN)/2), FAR = FP/(FP + TN), MAR = FN/(FN + TP): SKAB's own
    /// definitions; null where nothing was to count.</summary>
    public SliceMetrics ToMetrics() => new(
        Rows, AnomalousRows, Ratio(TruePositives, TruePositives + ((FalsePositives + FalseNegatives) / 2.0)),
        Ratio(FalsePositives, FalsePositives + TrueNegatives), Ratio(FalseNegatives, FalseNegatives + TruePositives));

    private static double? Ratio(double part, double whole) => whole == 0 ? null : part / whole;
}
