using System.Collections.Concurrent;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Which run is next, and the means to stop one that works. The queue itself is the runs in learning.db that have not ended.</summary>
internal sealed class TrainingQueue(RunStore store, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _stops = new();
    private readonly HashSet<string> _taken = [];
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs that wait or work.</summary>
    public int Count => _stops.Count;

    /// <summary>The run is in the store.</summary>
    public void Add(string runId)
    {
        _stops.TryAdd(runId, new CancellationTokenSource());
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    /// <summary>Takes the most urgent run whose time has come, the oldest among equals; one that was
    /// under way at a restart goes first. Waits for one.</summary>
    public async Task<TrainingRunView> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            var now = time.GetUtcNow();
            DateTimeOffset? earliest = null;
            lock (_lock)
            {
                var waiting = store.Unfinished().Where(run => !_taken.Contains(run.RunId) && _stops.ContainsKey(run.RunId)).ToList();
                var due = waiting.Where(run => run.Request.NotBefore is not { } begin || begin <= now || StopOf(run.RunId).IsCancellationRequested)
                    .ToList();
                if (due.OrderBy(run => run.State == RunStates.Queued).ThenByDescending(run => run.Request.Priority).FirstOrDefault() is { } next)
                {
                    _taken.Add(next.RunId);
                    return next;
                }

                earliest = waiting.Min(run => run.Request.NotBefore);
            }

            // Timers hold 49 days at most.
            var wait = earliest is { } begins ? TimeSpan.FromTicks(Math.Min((begins - now).Ticks, TimeSpan.TicksPerDay)) : Timeout.InfiniteTimeSpan;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(changed, Task.Delay(wait, time, either.Token));
            await either.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Cancelled when someone stops this run.</summary>
    public CancellationToken StopOf(string runId) => _stops.TryGetValue(runId, out var stop) ? stop.Token : CancellationToken.None;

    /// <summary>False when the run is not known here.</summary>
    public bool Stop(string runId)
    {
        if (!_stops.TryGetValue(runId, out var stop)) return false;
        stop.Cancel();
        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return true;
    }

    public void Remove(string runId)
    {
        lock (_lock) _taken.Remove(runId);
        if (_stops.TryRemove(runId, out var stop)) stop.Dispose();
    }
}
