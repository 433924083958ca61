using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Run ids that wait, first come first served, and the means to stop the one that works.</summary>
internal sealed class TrainingQueue
{
    // The number that may wait is bounded where runs are taken on (LearningService); what was waiting at a restart always fits.
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _stops = new();

    public ChannelReader<string> Waiting => _waiting.Reader;

    /// <summary>Runs that wait or work.</summary>
    public int Count => _stops.Count;

    public void Add(string runId)
    {
        _stops.TryAdd(runId, new CancellationTokenSource());
        _waiting.Writer.TryWrite(runId);
    }

    /// <summary>Cancelled when someone stops this run.</summary>
    public CancellationToken StopOf(string runId) => _stops.TryGetValue(runId, out var stop) ? stop.Token : CancellationToken.None;

    /// <summary>False when the run is not known here.</summary>
    public bool Stop(string runId)
    {
        if (!_stops.TryGetValue(runId, out var stop)) return false;
        stop.Cancel();
        return true;
    }

    public void Remove(string runId)
    {
        if (_stops.TryRemove(runId, out var stop)) stop.Dispose();
    }
}
