namespace Operator.Cli.Demo.Site;

/// <summary>A device's agent as systemd would run it: by the launcher, and started again whenever it ends, so that it can update itself.</summary>
internal sealed class AgentService : IAsyncDisposable
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>Ends in a row, each soon after its start, from which on something is wrong that a start will not mend.</summary>
    private const int MaxEarlyEnds = 8;

    private static readonly TimeSpan Early = TimeSpan.FromSeconds(5);

    private readonly Func<ChildProcess> _start;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile TaskCompletionSource _next = New();
    private volatile ChildProcess _process;
    private volatile int _earlyEnds;

    public AgentService(Func<ChildProcess> start, TimeProvider time)
    {
        (_start, _time) = (start, time);
        _process = start();
        _running = RunAsync();
    }

    /// <summary>Memory it holds now, bytes.</summary>
    public long ResidentBytes => _process.ResidentBytes;

    /// <exception cref="InvalidOperationException">It ends again and again; the message holds the last lines of its log.</exception>
    public void RequireRunning()
    {
        if (_earlyEnds >= MaxEarlyEnds) _process.RequireRunning();
    }

    /// <summary>SIGKILL; returns when it has been started again.</summary>
    public async Task CrashAsync()
    {
        while (true)
        {
            var (process, next) = (_process, _next.Task);
            var wasRunning = process.Kill();
            await next;
            if (wasRunning) return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _process.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var from = _time.GetTimestamp();
                await _process.WaitAsync(_stop.Token);
                _earlyEnds = _time.GetElapsedTime(from) < Early ? _earlyEnds + 1 : 0;
                await Task.Delay(RestartDelay, _time, _stop.Token);
                await _process.DisposeAsync();
                _process = _start();
                var started = _next;
                _next = New();
                started.SetResult();
            }
        }
        catch (OperationCanceledException)
        {
            // Whoever disposes this ends the program.
            _next.TrySetCanceled();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
