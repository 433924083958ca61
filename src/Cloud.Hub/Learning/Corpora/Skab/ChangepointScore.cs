using System.Globalization;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>SKAB's score of changepoints, summed over files: a detection within 60 s behind a
/// changepoint is paid the more the sooner, others are charged.</summary>
internal readonly record struct ChangepointScore(double Sum, int Windows, int Missed, int False)
{
    private const double Hit = 1;
    private const double Charge = -0.11;
    private const double Miss = -1;

    /// <summary>The reference lays its curve on a grid of 1000 steps.</summary>
    private const int Steps = 1000;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>0 for silence, 100 for every change at once; NaN without changes.</summary>
    public double Normalised => 100 * (Sum - (Miss * Windows)) / ((Hit - Miss) * Windows);

    public static ChangepointScore operator +(ChangepointScore a, ChangepointScore b) =>
        new(a.Sum + b.Sum, a.Windows + b.Windows, a.Missed + b.Missed, a.False + b.False);

    /// <param name="detected">One a row; rows of calibration do not count.</param>
    public static ChangepointScore Of(SkabFile file, IReadOnlyList<bool> detected)
    {
        var truth = file.Changepoints ?? throw new ArgumentException($"the changepoints of {file.Key} are not known");
        var hits = Enumerable.Range(0, file.Count).Where(row => row >= SkabFile.CalibrationRows && detected[row]).Select(row => file.Stamps[row])
            .ToList();
        var result = default(ChangepointScore);
        var covered = new HashSet<int>();
        var end = DateTime.MinValue;
        for (var row = SkabFile.CalibrationRows; row < file.Count; row++)
        {
            if (!truth[row]) continue;
            // Where windows overlap the later one is cut.
            var from = file.Stamps[row] > end ? file.Stamps[row] : end;
            end = file.Stamps[row] + Window;
            var inside = Enumerable.Range(0, hits.Count).Where(i => hits[i] >= from && hits[i] <= end).ToList();
            covered.UnionWith(inside);
            result += inside.Count == 0
                ? new ChangepointScore(Miss, 1, 1, 0)
                : new ChangepointScore(Worth(end > from ? (hits[inside[0]] - from) / (end - from) : 1), 1, 0, 0);
        }

        var extra = hits.Count - covered.Count;
        return result + new ChangepointScore(Charge * extra, 0, 0, extra);
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Normalised:0.00}, {Missed} of {Windows} missed, {False} false");

    /// <param name="share">How far through its window the detection comes, 0 to 1.</param>
    private static double Worth(double share)
    {
        var x = (-Math.PI / 2) + (Math.PI * Math.Min((int)(share * Steps), Steps - 1) / (Steps - 1));
        var half = (Hit - Charge) / 2;
        return half - (half * Math.Tanh(x) / Math.Tanh(Math.PI / 2)) + Charge;
    }
}
