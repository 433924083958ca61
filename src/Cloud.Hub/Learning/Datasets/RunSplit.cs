using System.IO.Enumeration;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Which runs are kept out of the fit.</summary>
internal static class RunSplit
{
    private const int EveryNth = 4;

    /// <summary>Held-out run ids: those that match a pattern (<c>*</c> stands for any characters); without patterns every fourth by name.</summary>
    public static IReadOnlySet<string> HeldOut(IEnumerable<string> runIds, IReadOnlyList<string> patterns)
    {
        var ordered = runIds.Distinct().Order(StringComparer.Ordinal).ToList();
        return patterns.Count == 0
            ? ordered.Where((_, index) => index % EveryNth == EveryNth - 1).ToHashSet()
            : ordered.Where(run => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, run, ignoreCase: false))).ToHashSet();
    }
}
