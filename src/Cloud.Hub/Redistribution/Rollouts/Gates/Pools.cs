namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What several devices add up to, as a whole and slice by slice, by metric.</summary>
internal sealed class Pools
{
    /// <summary>In place of a slice.</summary>
    public const string Whole = "";

    private readonly Dictionary<(string Metric, string Slice), Share> _shares = [];

    public bool IsEmpty => _shares.Count == 0;

    /// <param name="weight">0 to 1.</param>
    public void Add(Work work, IReadOnlyList<string> slices, double weight)
    {
        foreach (var metric in GateMetric.All)
        {
            if (metric.Kind != MetricKind.Difference || metric.Read(work) is not { } share) continue;
            Add(metric.Name, Whole, share * weight);
            foreach (var slice in slices) Add(metric.Name, slice, share * weight);
        }
    }

    public IEnumerable<(string Slice, Share Share)> Of(GateMetric metric) => _shares.Where(entry => entry.Key.Metric == metric.Name).Select(static entry => (entry.Key.Slice, entry.Value));

    public Share? Find(GateMetric metric, string slice) => _shares.TryGetValue((metric.Name, slice), out var share) ? share : null;

    private void Add(string metric, string slice, Share share) => _shares[(metric, slice)] = _shares.GetValueOrDefault((metric, slice)) + share;
}
