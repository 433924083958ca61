using Cloud.Hub.Learning.Corpora.Classes;

namespace Cloud.Hub.Learning.Active;

/// <summary>Which unlabelled windows to send for labels: of those the model is least sure of, as different ones as possible.</summary>
/// <remarks>Uncertainty alone asks for many windows of one kind; diversity alone asks for what the model knows. So:
/// the least sure ones first, then one of each cluster among them.</remarks>
internal static class WindowChoice
{
    /// <summary>As many candidates as so many times the windows asked for.</summary>
    private const int Candidates = 5;

    /// <param name="features">Standardised, one row a window.</param>
    /// <param name="uncertainty">One a window, higher is less sure.</param>
    /// <returns>At most <paramref name="count"/> indices, ascending, none twice; exactly as many while there are as many different windows.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyList<float[]> features, IReadOnlyList<double> uncertainty, int count)
    {
        if (features.Count == 0 || count <= 0) return [];
        var unsure = LeastSure(uncertainty, count * Candidates);
        var chosen = LabelChoice.Choose([.. unsure.Select(i => features[i])], count).Select(i => unsure[i]).ToList();
        // Clusters may share their nearest window; the rest is filled with the least sure.
        foreach (var index in unsure.Where(i => !chosen.Contains(i)).Take(count - chosen.Count).ToList()) chosen.Add(index);
        return [.. chosen.Order()];
    }

    /// <summary>Indices of the highest uncertainty, the least sure first.</summary>
    public static IReadOnlyList<int> LeastSure(IReadOnlyList<double> uncertainty, int count) =>
        [.. Enumerable.Range(0, uncertainty.Count).OrderByDescending(i => uncertainty[i]).ThenBy(i => i).Take(count)];

    /// <summary>1 − (largest − second largest probability): 1 where two classes are alike, 0 where one is certain.</summary>
    /// <param name="logits">Of one window; at least two.</param>
    public static double Margin(ReadOnlySpan<float> logits)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits) largest = Math.Max(largest, logit);
        var (first, second, sum) = (0.0, 0.0, 0.0);
        foreach (var logit in logits)
        {
            var weight = Math.Exp(logit - largest);
            sum += weight;
            if (weight > first) (first, second) = (weight, first);
            else if (weight > second) second = weight;
        }

        return 1 - ((first - second) / sum);
    }
}
