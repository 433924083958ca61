namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What several devices add to the metrics that are held against a control, as a whole and slice by slice.</summary>
internal sealed class Pools
{
    /// <summary>In place of a slice.</summary>
    public const string Whole = "";

    private readonly List<(string Metric, IReadOnlyList<string> Slices, Share Share)> _shares = [];

    public bool IsEmpty => _shares.Count == 0;

    /// <param name="weight">0 to 1.</param>
    public void Add(IReadOnlyList<GateMetric> metrics, Work work, IReadOnlyList<string> slices, double weight)
    {
        foreach (var metric in metrics)
        {
            if (metric.IsCompared && metric.Read(work) is { } share && weight > 0)
                _shares.Add((metric.Name, slices, share * weight));
        }
    }

    /// <summary>Sums by slice, <see cref="Whole"/> among them.</summary>
    /// <param name="most">No device's own share counts as more than this (Winsor): one machine that falls ill is not the model.</param>
    public SliceShares Of(GateMetric metric, double most = 1)
    {
        var sums = new SliceShares();
        foreach (var (name, slices, whole) in _shares)
        {
            if (name == metric.Name) sums.Add(whole with { Hits = Math.Min(whole.Hits, whole.Trials * most) }, slices);
        }

        return sums;
    }
}
