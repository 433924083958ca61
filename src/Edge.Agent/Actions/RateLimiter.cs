namespace Edge.Agent.Actions;

/// <summary>At most so many in a sliding window. Pure: time comes in as elapsed time of any steady clock.</summary>
internal sealed class RateLimiter(int limit, TimeSpan window)
{
    private readonly Queue<TimeSpan> _taken = new(limit);

    public bool TryTake(TimeSpan now)
    {
        while (_taken.TryPeek(out var oldest) && now - oldest >= window) _taken.Dequeue();
        if (_taken.Count >= limit) return false;
        _taken.Enqueue(now);
        return true;
    }
}
