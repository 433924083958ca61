namespace Cloud.Hub.Memory.Domain;

/// <summary>Draws without replacement in one pass over ids and values; the same seed over the same archive draws the same.</summary>
/// <remarks>
/// Efraimidis and Spirakis 2006 (A-Res): each row gets the key ln(u)/w, u uniform over (0, 1], and the
/// largest keys are kept, which draws with probability proportional
/// to the weight w; equal weights make it uniform. O(n log count), memory O(count).
/// </remarks>
internal sealed class ReplayDraw(int count, bool prioritized, long seed)
{
    /// <summary>A row of value 0 stays possible: 1/1000 of the chance of a row of value 1.</summary>
    private const double MinWeight = 1e-3;

    private readonly Random _random = new(unchecked((int)(seed ^ (seed >> 32))));
    private readonly PriorityQueue<long, double> _kept = new();

    public void Offer(long id, double value)
    {
        var weight = prioritized ? Math.Clamp(value, MinWeight, 1) : 1;
        var key = Math.Log(1 - _random.NextDouble()) / weight;
        if (_kept.Count < count) _kept.Enqueue(id, key);
        else if (count > 0) _kept.EnqueueDequeue(id, key);
    }

    /// <summary>In ascending order.</summary>
    public long[] Ids()
    {
        var ids = _kept.UnorderedItems.Select(item => item.Element).ToArray();
        Array.Sort(ids);
        return ids;
    }
}
