using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Outbox;

/// <summary>What the device has to tell the hub, on disk until the hub says it is on its own: numbered without a hole, within a byte bound.</summary>
/// <remarks>
/// <see cref="TryAdd"/> may be called from any thread and never waits. One loop
/// (<see cref="RunAsync"/>) stores in groups, one fsync each, when <see cref="OutboxQueue"/> says
/// that one is due; acknowledgements go with them. A fact that waits is in memory only and has no number yet;
/// an acknowledgement that a kill takes is given again when the hub drops the repeats.
/// When the bound is reached the least valuable facts that were never sent become tombstones; see <see cref="EvictionPolicy"/>.
/// </remarks>
internal sealed class FactOutbox : IFactSink, IAsyncDisposable
{
    private const int OfferAhead = 256;

    /// <summary>Facts that the hub holds and that may wait on this disk for the next ones: with these they leave for nothing, alone
    /// they cost a commit. Should a kill come first they are sent again and dropped as repeats.</summary>
    private const long KeepAcknowledged = 64;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly OutboxStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutboxQueue _queue;
    private TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FactAck? _acknowledged;
    private volatile bool _isStoring;

    private FactOutbox(OutboxStore store, OutboxOptions options, TimeProvider time, ILogger logger)
    {
        (_store, _time, _logger) = (store, time, logger);
        _queue = new OutboxQueue(options.QueueCapacity, time);
    }

    /// <summary>What the hub is known to hold counts as acknowledged, also before it has left the disk.</summary>
    public OutboxState State => _store.State.Known(Held);

    /// <summary>Sequences up to this go to the hub as soon as they are stored: they count as offered with the commit
    /// that stores them, which saves one more. 0: none.</summary>
    public long SendingThrough { get; set; }

    /// <summary>Sequences beyond the acknowledged one that may be offered, by the facts' present size: offered facts are
    /// not given up, so they must not fill the disk's bound. At least one.</summary>
    public long MostOffered => _store.MostOffered(_store.State);

    /// <summary>Facts that found the queue in memory full, or were larger than a fact may be: never numbered, not on disk.</summary>
    public long Refused => _queue.Refused;

    public DatabaseHealth Health => _store.Health;

    /// <summary>More is on disk; called on the storing loop, must not wait.</summary>
    public event Action? Stored;

    /// <summary>Opens or makes the store in <paramref name="folder"/>. A store that lost records begins a new
    /// epoch, since the hub may know numbers that it forgot.</summary>
    /// <exception cref="StorageException">The disk does not let us.</exception>
    public static async Task<FactOutbox> OpenAsync(string folder, OutboxOptions options, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var outbox = new FactOutbox(await OutboxStore.OpenAsync(folder, options, time, logger, ct), options, time, logger);
        var state = outbox.State;
        logger.OutboxOpened(state.Epoch, state.Produced, state.Acknowledged, state.TotalEvicted);
        return outbox;
    }

    /// <summary>Queues a fact for the disk. False when refused: too large, or no room; experiences leave
    /// the last quarter of the queue to what matters more.</summary>
    public bool TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value = 1) =>
        _queue.TryAdd(new OutboxEntry(kind, timestampUs, payload, value));

    /// <summary>Takes no more and lets <see cref="RunAsync"/> end once everything queued is stored.</summary>
    public void Complete() => _queue.Complete();

    /// <summary>Stores what is queued until <see cref="Complete"/> or cancellation. A failing disk is
    /// waited for; nothing queued is given up meanwhile.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var group = new List<OutboxEntry>();
        while (!_queue.IsDone)
        {
            await _queue.DueAsync(ct);
            _isStoring = true;
            _queue.BeginNext();
            while (_queue.TakeGroup(group) || _store.State.IsBehind(Held)) await StoreAsync(group, ct);
            await GiveSpaceBackAsync(ct);
            _isStoring = false;
            EndTurn();
        }
    }

    /// <summary>Completes when everything added so far is stored. Needs <see cref="RunAsync"/>.</summary>
    public Task StoredAsync(CancellationToken ct) => UntilAsync(static _ => true, ct);

    /// <summary>Completes when everything added so far is stored and the hub holds it. Needs <see cref="RunAsync"/>.</summary>
    public Task DrainedAsync(CancellationToken ct) => UntilAsync(static outbox => outbox.State.Waiting == 0, ct);

    /// <summary>Facts from a sequence on, without a hole; empty when there are none.</summary>
    /// <param name="maxBytes">Payload bytes at most, but always one fact.</param>
    public IReadOnlyList<Fact> Read(long from, int maxFacts, int maxBytes) => _store.Read(from, maxFacts, maxBytes);

    /// <summary>Must complete before a sequence is sent for the first time: from then on it is not evicted.</summary>
    public async Task OfferAsync(long through, CancellationToken ct)
    {
        var state = State;
        if (through <= state.Offered) return;
        var most = Math.Min(state.Produced, state.Acknowledged + _store.MostOffered(state));
        await _store.OfferAsync(Math.Max(through, Math.Min(through + OfferAhead, most)), ct);
    }

    /// <summary>Everything up to the sequence is on the hub's disk: it leaves this one with the next facts, or soon when it is much. Of an
    /// epoch that is over it says nothing.</summary>
    public void Acknowledge(FactAck ack)
    {
        Volatile.Write(ref _acknowledged, ack);
        var durable = _store.State;
        if (ack.Sequence - durable.Acknowledged >= Math.Min(KeepAcknowledged, _store.MostOffered(durable) / 8)) _queue.Gather();
        EndTurn();
    }

    /// <summary>Begins a new epoch: the hub knows sequences of this one that this disk does not.</summary>
    public Task RenewEpochAsync(CancellationToken ct) => _store.RenewEpochAsync(Held, ct);

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _queue.DisposeAsync();
        await _store.DisposeAsync();
    }

    private FactAck? Held => Volatile.Read(ref _acknowledged);

    /// <summary>Completes when nothing is queued, no turn is under way, and this holds.</summary>
    private async Task UntilAsync(Func<FactOutbox, bool> holds, CancellationToken ct)
    {
        while (true)
        {
            // Taken before the look: a turn that ends after it is not missed.
            var turn = Volatile.Read(ref _turn);
            // The queue first: a turn says that it stores before it takes from it.
            if (_queue.IsEmpty && !_isStoring && holds(this)) return;
            await turn.Task.WaitAsync(ct);
        }
    }

    /// <summary>Whoever waits looks again.</summary>
    private void EndTurn() =>
        Interlocked.Exchange(ref _turn, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private async Task StoreAsync(List<OutboxEntry> group, CancellationToken ct)
    {
        var attempts = 0;
        while (true)
        {
            try
            {
                // On a full disk alone and first: what it frees, the group can use.
                if (attempts > 0 && _store.State.IsBehind(Held)) await _store.LetGoAsync(Held, ct);
                await _store.AppendAsync(group, Held, SendingThrough, ct);
                if (attempts > 0) _logger.OutboxRecovered(attempts);
                if (group.Count > 0) Stored?.Invoke();
                return;
            }
            catch (StorageException error)
            {
                if (attempts++ == 0) _logger.OutboxBlocked(error, error.Reason);
                await Task.Delay(RetryAfter, _time, ct);
            }
        }
    }

    private async Task GiveSpaceBackAsync(CancellationToken ct)
    {
        try
        {
            await _store.GiveSpaceBackAsync(ct);
        }
        catch (StorageException error)
        {
            // The facts are stored; the pages wait for the next ones.
            _logger.OutboxBlocked(error, error.Reason);
        }
    }
}
