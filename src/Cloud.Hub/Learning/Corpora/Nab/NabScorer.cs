namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>NAB's score (Lavin and Ahmad 2015): early detections inside windows are paid,
/// detections outside and windows without one are charged.</summary>
internal static class NabScorer
{
    private const double SettlingShare = 0.15;
    private const int LongestSettled = 5000;

    /// <summary>Larger than every score: never detects.</summary>
    public const double Silent = 1.1;

    private static readonly double AtLeftEdge = Position(-1);

    /// <summary>Normalised score of scored files at one threshold.</summary>
    public static NabScore At(IReadOnlyList<ScoredStream> streams, NabProfile profile, double threshold)
    {
        var total = default(NabScore);
        foreach (var (file, scores) in streams) total += One(file, scores, profile, threshold);
        return total;
    }

    /// <summary>The threshold that is best on these files: one of their scores, or <see cref="Silent"/>.</summary>
    public static double BestThreshold(IReadOnlyList<ScoredStream> streams, NabProfile profile)
    {
        var candidates = streams.SelectMany(stream => stream.Scores).Where(score => score > 0).Distinct().OrderDescending();
        var (best, threshold) = (At(streams, profile, Silent).Raw, Silent);
        foreach (var candidate in candidates)
        {
            var raw = At(streams, profile, candidate).Raw;
            if (raw > best + 1e-9) (best, threshold) = (raw, candidate);
        }

        return threshold;
    }

    private static NabScore One(NabFile file, IReadOnlyList<double> scores, NabProfile profile, double threshold)
    {
        var windows = file.Windows ?? throw new ArgumentException($"the windows of {file.Key} are not known");
        var settled = Math.Min(Math.Floor(SettlingShare * scores.Count), SettlingShare * LongestSettled);
        var best = new double?[windows.Count];
        var result = new NabScore { Windows = windows.Count(window => window.Last >= settled) };
        var next = 0;
        for (var row = 0; row < scores.Count; row++)
        {
            while (next < windows.Count && windows[next].Last < row) next++;
            if (row < settled || scores[row] < threshold) continue;
            if (next < windows.Count && windows[next].First <= row)
            {
                var (first, last) = windows[next];
                best[next] = Math.Max(best[next] ?? double.NegativeInfinity, Position(-(last - row + 1) / (double)(last - first + 1)) / AtLeftEdge);
                continue;
            }

            var value = next == 0 ? -1 : Position((row - windows[next - 1].Last) / (double)(windows[next - 1].Last - windows[next - 1].First));
            result = result with { Raw = result.Raw + (profile.False * value), False = result.False + 1 };
        }

        var found = best.Count(value => value is not null);
        return result with
        {
            Found = found,
            Raw = result.Raw + (profile.Hit * best.Sum(value => value ?? 0)) - (profile.Miss * (result.Windows - found)),
            Best = profile.Hit * result.Windows,
            Worst = -profile.Miss * result.Windows,
        };
    }

    /// <summary>Worth of a detection at a relative place: −1 is a window's left edge, 0 just past
    /// its right one, beyond 3 a plain false alarm.</summary>
    private static double Position(double place) => place > 3 ? -1 : (2 / (1 + Math.Exp(5 * place))) - 1;
}
