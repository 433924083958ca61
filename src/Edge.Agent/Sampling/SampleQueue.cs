using Edge.Sensors;
using Hmas.Contracts.Sensing;

namespace Edge.Agent.Sampling;

/// <summary>
/// Bounded queue from sensors to the loop. When full, the oldest sample goes and is counted; run markers are never dropped.
/// Any number of sensors may add, one loop reads. No allocation per sample.
/// </summary>
internal sealed class SampleQueue : IPacedSink
{
    private readonly Lock _lock = new();
    private readonly Sample[] _ring;
    private readonly LoopSignal _arrived = new();

    // A marker applies before the sample with this number; samples are numbered from 0 as they are added.
    private readonly Queue<(long Before, RunMarker Marker)> _markers = new();
    private readonly List<(int Samples, TaskCompletionSource Waiter)> _waiters = [];
    private long _head;
    private long _tail;
    private long _dropped;

    /// <param name="capacity">Samples; 8 channels × 100 Hz fill 8,192 in ten seconds.</param>
    public SampleQueue(int capacity = 8192)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _ring = new Sample[capacity];
    }

    public int Capacity => _ring.Length;

    /// <summary>Samples added since the start, dropped ones included.</summary>
    public long Added => Interlocked.Read(ref _tail);

    /// <summary>Samples that were given up because the loop was too slow.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public int Count
    {
        get
        {
            lock (_lock) return (int)(_tail - _head);
        }
    }

    public void Add(Sample sample)
    {
        lock (_lock) Put(sample);
        _arrived.Set();
    }

    /// <inheritdoc/>
    public void AddRow(long timestampUs, ReadOnlySpan<float> values)
    {
        lock (_lock)
        {
            for (var channel = 0; channel < values.Length; channel++) Put(new Sample((ushort)channel, timestampUs, values[channel]));
        }

        _arrived.Set();
    }

    public void StartRun(string runId, long timestampUs) => Mark(new RunMarker(runId, timestampUs));

    public void EndRun(long timestampUs) => Mark(new RunMarker(null, timestampUs));

    /// <inheritdoc/>
    public async ValueTask WaitForRoomAsync(int samples, CancellationToken ct)
    {
        TaskCompletionSource waiter;
        lock (_lock)
        {
            if (HasRoom(samples)) return;
            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((samples, waiter));
        }

        using var registration = ct.Register(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        await waiter.Task.ConfigureAwait(false);
    }

    /// <summary>Blocks until something may be there to read. One waiter.</summary>
    public void Wait() => _arrived.Wait();

    /// <summary>Lets the waiting loop look again, for example to stop.</summary>
    public void Wake() => _arrived.Set();

    /// <summary>Takes samples up to the next marker, or that marker when it is due. False when there is nothing.</summary>
    /// <param name="count">Samples written to <paramref name="buffer"/>; 0 when a marker was taken.</param>
    public bool TryRead(Span<Sample> buffer, out int count, out RunMarker marker)
    {
        lock (_lock)
        {
            count = 0;
            marker = default;
            var limit = _tail;
            if (_markers.TryPeek(out var next))
            {
                if (next.Before <= _head)
                {
                    marker = _markers.Dequeue().Marker;
                    ReleaseWaiters();
                    return true;
                }

                limit = next.Before;
            }

            count = (int)Math.Min(limit - _head, buffer.Length);
            for (var i = 0; i < count; i++) buffer[i] = _ring[(int)((_head + i) % _ring.Length)];
            _head += count;
            if (_waiters.Count > 0) ReleaseWaiters();
            return count > 0;
        }
    }

    private void Put(Sample sample)
    {
        if (_tail - _head == _ring.Length)
        {
            _head++;
            _dropped++;
        }

        _ring[(int)(_tail % _ring.Length)] = sample;
        _tail++;
    }

    private void Mark(RunMarker marker)
    {
        lock (_lock) _markers.Enqueue((_tail, marker));
        _arrived.Set();
    }

    // Markers take room too, so that a source of empty runs cannot fill the memory.
    private bool HasRoom(int samples) =>
        _tail - _head + Math.Min(samples, _ring.Length / 2) <= _ring.Length && _markers.Count <= _ring.Length / 2;

    private void ReleaseWaiters()
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (!HasRoom(_waiters[i].Samples)) continue;
            _waiters[i].Waiter.TrySetResult();
            _waiters.RemoveAt(i);
        }
    }
}
