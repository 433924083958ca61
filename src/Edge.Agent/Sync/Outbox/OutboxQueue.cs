using System.Threading.Channels;
using Edge.Agent.Experience;
using Hmas.Contracts.Facts;

namespace Edge.Agent.Sync.Outbox;

/// <summary>Facts on their way to the disk, and when the next group of them is due: alarms and actions at once and with
/// them all that waits, steps of a slot within <see cref="GatherSteps"/>, anything else within <see cref="GatherFor"/>.</summary>
/// <remarks>Any thread may add; one takes.</remarks>
internal sealed class OutboxQueue : IAsyncDisposable
{
    private const int MaxGroup = 256;
    private const int MaxFactBytes = 512 << 10;

    /// <summary>A commit costs an fsync, four blocks of 4 KiB and the waking of four threads, whatever it
    /// holds; a device at 100 Hz keeps five windows a second.</summary>
    private static readonly TimeSpan GatherFor = TimeSpan.FromSeconds(1);

    /// <summary>Most models go from the first byte to the commit within it: a swap is one group.</summary>
    private static readonly TimeSpan GatherSteps = TimeSpan.FromSeconds(3);

    private readonly int _capacity;
    private readonly Channel<OutboxEntry> _entries;
    private readonly Channel<bool> _due = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _gathering;
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _startedAt;

    // When the next group is due, reckoned from the start; null: nothing waits.
    private TimeSpan? _dueAt;
    private long _refused;
    private volatile bool _isClosing;

    public OutboxQueue(int capacity, TimeProvider time)
    {
        _capacity = capacity;
        (_time, _startedAt) = (time, time.GetTimestamp());
        _gathering = time.CreateTimer(static queue => ((OutboxQueue)queue!).Due(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _entries = Channel.CreateBounded<OutboxEntry>(
            new BoundedChannelOptions(capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    public bool IsEmpty => _entries.Reader.Count == 0;

    /// <summary>No more is taken, and nothing waits.</summary>
    public bool IsDone => _isClosing && IsEmpty;

    /// <summary>Facts that found the queue full, or were larger than a fact may be.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>False when refused: too large, or no room; experiences leave the last quarter to what matters more. Never waits.</summary>
    public bool TryAdd(OutboxEntry entry)
    {
        var hasRoom = entry.Kind != FactKind.Experience || _entries.Reader.Count < _capacity - (_capacity / 4);
        if (!hasRoom || entry.Payload.Length > MaxFactBytes || !_entries.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _refused);
            return false;
        }

        if (entry.Kind is FactKind.Alarm or FactKind.Action || _entries.Reader.Count >= MaxGroup) Due();
        else Gather(entry.Kind == FactKind.SlotReport ? GatherSteps : GatherFor);
        return true;
    }

    /// <summary>What is queued waits no longer.</summary>
    public void Due() => _due.Writer.TryWrite(true);

    /// <summary>A group is due <see cref="GatherFor"/> from now, unless one is due before.</summary>
    public void Gather() => Gather(GatherFor);

    /// <summary>Takes no more; what is queued is due.</summary>
    public void Complete()
    {
        _isClosing = true;
        _entries.Writer.TryComplete();
        Due();
    }

    /// <summary>Completes when a group is due.</summary>
    public async ValueTask DueAsync(CancellationToken ct) => await _due.Reader.ReadAsync(ct);

    /// <summary>From here on another group is gathered.</summary>
    public void BeginNext()
    {
        lock (_gate) _dueAt = null;
    }

    /// <summary>Moves the next group into the list, which is emptied first; false when nothing is queued.</summary>
    public bool TakeGroup(List<OutboxEntry> group)
    {
        group.Clear();
        var bytes = 0;
        while (group.Count < MaxGroup && bytes < StoreBudget.GroupBytes && _entries.Reader.TryRead(out var entry))
        {
            group.Add(entry);
            bytes += entry.Payload.Length;
        }

        return group.Count > 0;
    }

    /// <summary>A group is due so long from now, unless one is due before.</summary>
    private void Gather(TimeSpan within)
    {
        lock (_gate)
        {
            var due = _time.GetElapsedTime(_startedAt) + within;
            if (due >= _dueAt) return;
            _dueAt = due;
            _gathering.Change(within, Timeout.InfiniteTimeSpan);
        }
    }

    public ValueTask DisposeAsync() => _gathering.DisposeAsync();
}
