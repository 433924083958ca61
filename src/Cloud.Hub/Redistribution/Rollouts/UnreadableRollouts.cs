using System.Collections.Concurrent;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Rollouts that this hub cannot read, as a newer one may have written them: each is told of in the log once a start, and counted.</summary>
internal sealed class UnreadableRollouts
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);
    private readonly ILogger _logger;

    public UnreadableRollouts(RedistributionMetrics metrics, ILogger<UnreadableRollouts> logger)
    {
        _logger = logger;
        metrics.Unreadable(() => _known.Count);
    }

    public void Met(string rolloutId, string why)
    {
        if (_known.TryAdd(rolloutId, true)) _logger.RolloutUnreadable(rolloutId, why);
    }

    /// <summary>It could be read, as when the newer hub has moved it on.</summary>
    public void Read(string rolloutId) => _known.TryRemove(rolloutId, out _);
}
