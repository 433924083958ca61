namespace Edge.Agent.Sampling;

/// <summary>Wakes one waiting thread; a signal given while nobody waits is kept, once. Nothing is allocated per wait.</summary>
/// <remarks>Any number of threads may signal; one thread waits. It is woken directly: a detour over the thread pool wakes two or three threads instead of one.</remarks>
internal sealed class LoopSignal
{
    private readonly object _gate = new();
    private bool _isSet;

    public void Set()
    {
        lock (_gate)
        {
            if (_isSet) return;
            _isSet = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Blocks until there is a signal, and uses it up.</summary>
    public void Wait()
    {
        lock (_gate)
        {
            while (!_isSet) Monitor.Wait(_gate);
            _isSet = false;
        }
    }
}
