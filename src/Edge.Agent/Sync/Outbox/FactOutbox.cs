using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;
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
    private const long GiveBackBytes = 4 << 20;

    /// <summary>Free pages below this stay in the file for the next facts: to cut them off costs two more
    /// fsyncs and the log written over, at each acknowledgement.</summary>
    private const long KeepFreeBytes = 1 << 20;

    /// <summary>Facts that the hub holds and that may wait on this disk for the next ones: with these they leave for nothing, alone
    /// they cost a commit. Should a kill come first they are sent again and dropped as repeats.</summary>
    private const long KeepAcknowledged = 64;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly StoreBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly OutboxQueue _queue;
    private readonly Lock _gate = new();

    // On the writer's thread only.
    private OutboxWriter? _writer;
    private OutboxState _state = new();
    private long _version;
    private long _nextVersion;
    private TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FactAck? _acknowledged;
    private volatile bool _isStoring;

    private FactOutbox(Database database, OutboxOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _budget = new StoreBudget(options.MaxBytes);
        _time = time;
        _logger = logger;
        _queue = new OutboxQueue(options.QueueCapacity, time);
    }

    /// <summary>What the hub is known to hold counts as acknowledged, also before it has left the disk.</summary>
    public OutboxState State => Known(Durable, Volatile.Read(ref _acknowledged));

    /// <summary>Sequences up to this go to the hub as soon as they are stored: they count as offered with the commit
    /// that stores them, which saves one more. 0: none.</summary>
    public long SendingThrough { get; set; }

    /// <summary>Sequences beyond the acknowledged one that may be offered, by the facts' present size: offered facts are
    /// not given up, so they must not fill the disk's bound. At least one.</summary>
    public long MostOffered => MostOfferedOf(Durable);

    /// <summary>Facts that found the queue in memory full, or were larger than a fact may be: never numbered, not on disk.</summary>
    public long Refused => _queue.Refused;

    public DatabaseHealth Health => _database.Health;

    /// <summary>More is on disk; called on the storing loop, must not wait.</summary>
    public event Action? Stored;

    /// <summary>Opens or makes the store in <paramref name="folder"/>. A store that lost records begins a new
    /// epoch, since the hub may know numbers that it forgot.</summary>
    /// <exception cref="StorageException">The disk does not let us.</exception>
    public static async Task<FactOutbox> OpenAsync(string folder, OutboxOptions options, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var settings = new DatabaseSettings { PageBytes = StoreBudget.PageBytes, WalAutoCheckpointPages = StoreBudget.LogPages, CacheKiB = 256,
            Readers = 1 };
        var outbox = new FactOutbox(
            Database.Open(Path.Combine(folder, "outbox.db"), OutboxTables.Migrations, settings, logger), options, time, logger);
        try
        {
            var salvaged = outbox.Health.SalvagedRows > 0;
            await outbox.WriteAsync(
                (writer, connection) =>
                {
                    if (writer.ReadState().Epoch == 0 || salvaged) OutboxTables.RenewEpoch(connection, DrawEpoch(time));
                    return writer.ReadState();
                },
                ct);
            var state = outbox.State;
            logger.OutboxOpened(state.Epoch, state.Produced, state.Acknowledged, state.TotalEvicted);
            return outbox;
        }
        catch
        {
            await outbox.DisposeAsync();
            throw;
        }
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
            while (_queue.TakeGroup(group) || IsBehindTheHub) await StoreAsync(group, ct);
            await GiveSpaceBackAsync(ct);
            _isStoring = false;
            EndTurn();
        }
    }

    /// <summary>Completes when everything added so far is stored and the hub holds it. Needs <see cref="RunAsync"/>.</summary>
    public async Task DrainedAsync(CancellationToken ct)
    {
        while (true)
        {
            // Taken before the look: a turn that ends after it is not missed.
            var turn = Volatile.Read(ref _turn);
            if (!_isStoring && _queue.IsEmpty && State.Waiting == 0) return;
            await turn.Task.WaitAsync(ct);
        }
    }

    /// <summary>Facts from a sequence on, without a hole; empty when there are none.</summary>
    /// <param name="maxBytes">Payload bytes at most, but always one fact.</param>
    public IReadOnlyList<Fact> Read(long from, int maxFacts, int maxBytes)
    {
        var rotten = 0;
        var facts = _database.Read(connection => OutboxTables.Read(connection, from, maxFacts, maxBytes, out rotten));
        if (rotten > 0)
        {
            _database.CountQuarantined(rotten);
            _logger.OutboxRotten(rotten, from);
        }

        return facts;
    }

    /// <summary>Must complete before a sequence is sent for the first time: from then on it is not evicted.</summary>
    public async Task OfferAsync(long through, CancellationToken ct)
    {
        var state = State;
        if (through <= state.Offered) return;
        var most = Math.Min(state.Produced, state.Acknowledged + MostOfferedOf(state));
        var ahead = Math.Max(through, Math.Min(through + OfferAhead, most));
        await WriteAsync((writer, _) => writer.Offer(ahead), ct);
    }

    /// <summary>Everything up to the sequence is on the hub's disk: it leaves this one with the next facts, or soon when it is much. Of an
    /// epoch that is over it says nothing.</summary>
    public void Acknowledge(FactAck ack)
    {
        Volatile.Write(ref _acknowledged, ack);
        var durable = Durable;
        if (ack.Sequence - durable.Acknowledged >= Math.Min(KeepAcknowledged, MostOfferedOf(durable) / 8)) _queue.Gather();
        EndTurn();
    }

    /// <summary>Begins a new epoch: the hub knows sequences of this one that this disk does not.</summary>
    public async Task RenewEpochAsync(CancellationToken ct)
    {
        var epoch = DrawEpoch(_time);
        await WriteAsync(
            (writer, connection) =>
            {
                // First what the hub holds already: renumbered, it would be stored twice.
                LetGo(writer);
                OutboxTables.RenewEpoch(connection, epoch);
                return writer.ReadState();
            },
            ct);
        _logger.EpochRenewed(epoch);
    }

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _queue.DisposeAsync();
        await _database.WriteAsync(_ => _writer?.Dispose(), default);
        await _database.DisposeAsync();
    }

    private OutboxState Durable => Volatile.Read(ref _state);

    private bool IsBehindTheHub => Durable is var durable && !ReferenceEquals(Known(durable, Volatile.Read(ref _acknowledged)), durable);

    private static OutboxState Known(OutboxState state, FactAck? ack) =>
        ack is not null && ack.Epoch == state.Epoch && ack.Sequence > state.Acknowledged
            ? state with { Acknowledged = ack.Sequence, Offered = Math.Max(ack.Sequence, state.Offered),
                TotalAcknowledged = state.TotalAcknowledged + ack.Sequence - state.Acknowledged }
            : state;

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
                if (attempts > 0 && IsBehindTheHub) await WriteAsync((writer, _) => LetGo(writer), ct);
                await WriteAsync((writer, _) => Append(writer, group), ct);
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
            if (State.FreeBytes >= KeepFreeBytes) await _database.GiveSpaceBackAsync(GiveBackBytes, ct);
        }
        catch (StorageException error)
        {
            // The facts are stored; the pages wait for the next ones.
            _logger.OutboxBlocked(error, error.Reason);
        }
    }

    private OutboxState Append(OutboxWriter writer, List<OutboxEntry> group)
    {
        var state = IsBehindTheHub ? LetGo(writer) : State;
        return group.Count == 0 ? state : writer.Append(group, _budget, Math.Min(SendingThrough, state.Acknowledged + MostOfferedOf(state)));
    }

    private long MostOfferedOf(OutboxState state) =>
        Math.Max(1, (long)((double)_budget.KeptBytes / Math.Max(1, state.UsedBytes) * Math.Max(1, state.Waiting)));

    private OutboxState LetGo(OutboxWriter writer) => Volatile.Read(ref _acknowledged) is { } ack ? writer.Acknowledge(ack) : State;

    private async Task WriteAsync(Func<OutboxWriter, SqliteConnection, OutboxState> work, CancellationToken ct)
    {
        // Works run one after the other on the writer's thread, their continuations need not: the newest state wins.
        var (version, state) = await _database.WriteAsync(connection => (++_nextVersion, work(WriterOf(connection), connection)), ct);
        lock (_gate)
        {
            if (version <= _version) return;
            _version = version;
            _state = state;
        }
    }

    private OutboxWriter WriterOf(SqliteConnection connection)
    {
        if (_writer?.Serves(connection) == true) return _writer;
        _writer?.Dispose();
        return _writer = new OutboxWriter(connection);
    }

    // A Guid's first bytes come from the kernel; RandomNumberGenerator would load OpenSSL, 4 MB resident, for twenty bits that need not be secret.
    private static long DrawEpoch(TimeProvider time) =>
        (time.GetUtcNow().ToUnixTimeMilliseconds() << 20) | (BitConverter.ToInt64(Guid.NewGuid().ToByteArray()) & 0xFFFFF);
}
