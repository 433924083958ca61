using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Quality;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Perception;

/// <summary>What Perception thinks, for those who ask: the newest opinions and each device's data
/// quality. Safe for many readers and one writer.</summary>
internal sealed class OpinionBook(PerceptionOptions options) : ISecondOpinions
{
    private readonly Lock _lock = new();
    private readonly LinkedList<WindowOpinion> _opinions = [];
    private readonly Dictionary<string, QualityCounts> _quality = [];

    public void Add(string deviceId, ExperienceRecord window)
    {
        lock (_lock)
        {
            if (!_quality.TryGetValue(deviceId, out var counts)) _quality[deviceId] = counts = new QualityCounts();
            counts.Add(window);
        }
    }

    public void Add(WindowOpinion opinion)
    {
        lock (_lock)
        {
            _opinions.AddFirst(opinion);
            if (_opinions.Count > options.RememberedOpinions) _opinions.RemoveLast();
        }
    }

    public Task<IReadOnlyList<WindowOpinion>> RecentAsync(string? deviceId, int limit, CancellationToken cancellation)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<WindowOpinion>>(
                [.. _opinions.Where(opinion => deviceId is null || opinion.DeviceId == deviceId).Take(limit)]);
        }
    }

    public Task<IReadOnlyList<DataQuality>> QualityAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<DataQuality>>(
                [.. _quality.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.Verdict(entry.Key))]);
        }
    }
}
