using Edge.Sensors.Native;

namespace Edge.Sensors;

/// <summary>Says how long to wait so that event time runs at a multiple of real time. Errors do
/// not add up: each wait is counted from the start.</summary>
internal sealed class EventPace(double speed, TimeProvider time)
{
    // Shorter waits than a timer can keep are saved up for the next row.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    // At 100 rows a second a timer and the thread pool wake six threads a row; a sleep of the
    // sensor's own thread wakes one. A stop is heard that much later.
    private static readonly TimeSpan LongestOnThread = TimeSpan.FromMilliseconds(50);

    private long _started;
    private double _dueSeconds;
    private bool _running;

    /// <summary>Waits for <paramref name="eventUs"/> microseconds of event time since the call before.</summary>
    public async ValueTask AdvanceAsync(long eventUs, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (speed == 0) return;
        if (!_running)
        {
            _running = true;
            _started = time.GetTimestamp();
        }

        _dueSeconds += eventUs / 1e6 / speed;
        var wait = TimeSpan.FromSeconds(_dueSeconds) - time.GetElapsedTime(_started);
        if (wait < Shortest) return;
        if (ReferenceEquals(time, TimeProvider.System) && wait <= LongestOnThread && OperatingSystem.IsLinux()) Sleep(wait);
        else await Task.Delay(wait, time, ct).ConfigureAwait(false);
    }

    /// <summary>Time that passed outside (waiting for a file or for room) is not made up for.</summary>
    public void Rebase()
    {
        _running = false;
        _dueSeconds = 0;
    }

    private static void Sleep(TimeSpan span)
    {
        // Two variables: an out parameter is cleared before the call, and with it the span, were they one.
        var left = TimeSpec.From(span);
        while (LibC.Sleep(left, out var rest) < 0)
        {
            // A signal to the process came first.
            left = rest;
        }
    }
}
