using System.Threading.Tasks.Sources;

namespace Edge.Agent.Sampling;

/// <summary>Wakes one waiting loop; a signal given while nobody waits is kept, once. Nothing is allocated per wait.</summary>
/// <remarks>Any number of threads may signal; one loop waits.</remarks>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Signalled = 2;

    // Continuations run on the pool: the signalling sensor never does the agent's work.
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    public void Set()
    {
        // Only the thread that turns Waiting into Signalled completes the wait, so each wait completes once.
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting) _core.SetResult(true);
    }

    public ValueTask WaitAsync()
    {
        // A signal kept from before is used up without a wait.
        if (Interlocked.CompareExchange(ref _state, Idle, Signalled) == Signalled) return ValueTask.CompletedTask;
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return new ValueTask(this, _core.Version);
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        // Signals given between completion and here are covered: the loop looks at its queue after the wait.
        _core.GetResult(token);
        Volatile.Write(ref _state, Idle);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
