using System.ComponentModel;
using System.Runtime.InteropServices;
using Edge.Agent.Sampling.Native;
using Microsoft.Win32.SafeHandles;

namespace Edge.Agent.Sampling;

/// <summary>Wakes one waiting thread; a signal given while nobody waits is kept, once. Nothing is allocated per wait.</summary>
/// <remarks>
/// Any number of threads may signal; one thread waits. A counter in the kernel: one write wakes exactly
/// the thread that reads. A monitor wakes it while its own lock
/// is still held, so the two meet again at that lock, and the thread pool wakes two or three threads instead of one.
/// </remarks>
internal sealed class LoopSignal
{
    private readonly SafeFileHandle _counter;
    private int _isSet;

    /// <exception cref="Win32Exception">The kernel gives no more descriptors.</exception>
    public LoopSignal()
    {
        _counter = EventCounter.Create(0, EventCounter.CloseOnExec);
        if (_counter.IsInvalid) throw new Win32Exception(Marshal.GetLastPInvokeError(), "eventfd failed");
    }

    public void Set()
    {
        if (Interlocked.Exchange(ref _isSet, 1) == 0) EventCounter.Add(_counter, 1, sizeof(ulong));
    }

    /// <summary>Blocks until there is a signal, and uses it up.</summary>
    public void Wait()
    {
        while (EventCounter.Take(_counter, out _, sizeof(ulong)) < 0)
        {
            // A signal to the process came first.
        }

        // From here on a signal counts as new; one given since the read needs no second wake, since what
        // it tells of is seen by the look that follows this wait.
        Interlocked.Exchange(ref _isSet, 0);
    }
}
