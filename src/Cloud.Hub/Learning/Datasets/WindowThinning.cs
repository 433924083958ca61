using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Keeps a fit's package within a bound: evenly spread windows of each truth, the rarer one kept whole up to half of the bound.</summary>
internal static class WindowThinning
{
    /// <returns>At most <paramref name="most"/> of the windows, in their order; the same every time.</returns>
    public static IReadOnlyList<LabelledWindow> AtMost(IReadOnlyList<LabelledWindow> windows, int most)
    {
        if (windows.Count <= most) return windows;
        var anomalous = Enumerable.Range(0, windows.Count).Where(i => windows[i].Anomalous == true).ToList();
        var others = Enumerable.Range(0, windows.Count).Where(i => windows[i].Anomalous != true).ToList();
        var ofOthers = Math.Min(others.Count, most - Math.Min(anomalous.Count, most / 2));
        return [.. Spread(anomalous, most - ofOthers).Concat(Spread(others, ofOthers)).Order().Select(i => windows[i])];
    }

    private static IEnumerable<int> Spread(List<int> from, int count)
    {
        count = Math.Min(count, from.Count);
        return Enumerable.Range(0, count).Select(i => from[(int)((long)i * from.Count / count)]);
    }
}
