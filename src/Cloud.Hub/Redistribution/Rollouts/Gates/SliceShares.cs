namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What several devices add to one metric, summed over the whole and over each slice.</summary>
internal sealed class SliceShares
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<(string Slice, Share Sum)> _sums = [];

    /// <summary>In order of appearance, <see cref="Pools.Whole"/> first.</summary>
    public IReadOnlyList<(string Slice, Share Sum)> All => _sums;

    public void Add(Share share, IReadOnlyList<string> slices)
    {
        Add(Pools.Whole, share);
        foreach (var slice in slices) Add(slice, share);
    }

    public IEnumerable<string> Slices => _sums.Skip(1).Select(static sum => sum.Slice);

    /// <summary>Nothing for a slice that no device has.</summary>
    public Share this[string slice] => _places.TryGetValue(slice, out var place) ? _sums[place].Sum : default;

    public bool Has(string slice) => _places.ContainsKey(slice);

    private void Add(string slice, Share share)
    {
        if (_places.TryGetValue(slice, out var place))
        {
            _sums[place] = (slice, _sums[place].Sum + share);
            return;
        }

        _places[slice] = _sums.Count;
        _sums.Add((slice, share));
    }
}
