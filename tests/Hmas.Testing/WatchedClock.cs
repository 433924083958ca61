using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Hmas.Testing;

/// <summary>A clock that stands still until it is moved, and tells when somebody begins to wait for it: the test
/// moves it then, instead of trying again and again.</summary>
public sealed class WatchedClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody has taken a timestamp.</summary>
    public Task Read => _read.Task;

    /// <summary>Completes with the next wait of at most this length that somebody has begun; longer ones are passed over.</summary>
    public async Task<TimeSpan> WaitBegunAsync(TimeSpan longest)
    {
        while (true)
        {
            if (await _waits.Reader.ReadAsync() is var wait && wait <= longest) return wait;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime != Timeout.InfiniteTimeSpan) _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    public override long GetTimestamp()
    {
        var now = base.GetTimestamp();
        _read.TrySetResult();
        return now;
    }
}
