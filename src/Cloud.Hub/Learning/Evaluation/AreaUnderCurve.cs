namespace Cloud.Hub.Learning.Evaluation;

/// <summary>The chance that an anomalous score lies above a normal one, ties counted half (Mann and Whitney 1947).</summary>
internal static class AreaUnderCurve
{
    /// <returns>1 when one side is empty: nothing is out of order.</returns>
    public static double Of(IReadOnlyCollection<double> anomalous, IReadOnlyCollection<double> normal)
    {
        if (anomalous.Count == 0 || normal.Count == 0) return 1;
        var sorted = normal.Order().ToArray();
        var below = 0.0;
        foreach (var score in anomalous)
        {
            var (first, last) = (Bound(sorted, score, after: false), Bound(sorted, score, after: true));
            below += (first + last) / 2.0;
        }

        return below / ((double)anomalous.Count * normal.Count);
    }

    /// <summary>How many lie below a score, or at most there.</summary>
    private static int Bound(double[] sorted, double score, bool after)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted[middle] < score || (after && sorted[middle] == score)) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
