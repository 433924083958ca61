namespace Cloud.Hub.Learning.Datasets;

/// <summary>Which runs are kept out of the fit.</summary>
internal static class RunSplit
{
    private const int EveryNth = 4;

    /// <summary>Held-out run ids: those that match a pattern (an id, or a prefix and <c>*</c>); without patterns every fourth by name.</summary>
    public static IReadOnlySet<string> HeldOut(IEnumerable<string> runIds, IReadOnlyList<string> patterns)
    {
        var ordered = runIds.Distinct().Order(StringComparer.Ordinal).ToList();
        return patterns.Count == 0
            ? ordered.Where((_, index) => index % EveryNth == EveryNth - 1).ToHashSet()
            : ordered.Where(run => patterns.Any(pattern => Matches(run, pattern))).ToHashSet();
    }

    private static bool Matches(string run, string pattern) =>
        pattern.EndsWith('*') ? run.StartsWith(pattern[..^1], StringComparison.Ordinal) : run == pattern;
}
