using System.Threading.Channels;
using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Outbox;

/// <summary>What the device has to tell the hub, on disk until the hub says it is on its own: numbered without a hole, within a byte bound.</summary>
/// <remarks>
/// <see cref="TryAdd"/> may be called from any thread and never waits. One loop (<see cref="RunAsync"/>) stores in groups, one fsync each.
/// When the bound is reached the least valuable facts that were never sent become tombstones; see <see cref="EvictionPolicy"/>.
/// </remarks>
internal sealed class FactOutbox : IFactSink, IAsyncDisposable
{
    private const int MaxGroup = 256;
    private const int OfferAhead = 256;
    private const int MaxFactBytes = 512 << 10;
    private const long GiveBackBytes = 4 << 20;

    /// <summary>Free pages below this stay in the file for the next facts: to cut them off costs two more fsyncs and the log written over, at each acknowledgement.</summary>
    private const long KeepFreeBytes = 1 << 20;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly StoreBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _capacity;
    private readonly Channel<OutboxEntry> _queue;
    private readonly Lock _gate = new();

    // On the writer's thread only.
    private OutboxWriter? _writer;
    private OutboxState _state = new();
    private long _version;
    private long _nextVersion;
    private long _refused;
    private volatile bool _isStoring;

    private FactOutbox(Database database, OutboxOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _budget = new StoreBudget(options.MaxBytes);
        _time = time;
        _logger = logger;
        _capacity = options.QueueCapacity;
        _queue = Channel.CreateBounded<OutboxEntry>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }

    public OutboxState State => Volatile.Read(ref _state);

    /// <summary>Facts that found the queue in memory full, or were larger than a fact may be: never numbered, not on disk.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Something is queued or being stored.</summary>
    public bool IsBusy => _isStoring || _queue.Reader.Count > 0;

    public DatabaseHealth Health => _database.Health;

    /// <summary>More is on disk; called on the storing loop, must not wait.</summary>
    public event Action? Stored;

    /// <summary>Opens or makes the store in <paramref name="folder"/>. A store that lost records begins a new epoch, since the hub may know numbers that it forgot.</summary>
    /// <exception cref="StorageException">The disk does not let us.</exception>
    public static async Task<FactOutbox> OpenAsync(string folder, OutboxOptions options, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var settings = new DatabaseSettings { WalAutoCheckpointPages = StoreBudget.LogPages, CacheKiB = 256, Readers = 1 };
        var outbox = new FactOutbox(Database.Open(Path.Combine(folder, "outbox.db"), OutboxTables.Migrations, settings, logger), options, time, logger);
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

    /// <summary>Queues a fact for the disk. False when refused: too large, or no room; experiences leave the last quarter of the queue to what matters more.</summary>
    public bool TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value = 1)
    {
        var hasRoom = kind != FactKind.Experience || _queue.Reader.Count < _capacity - (_capacity / 4);
        if (hasRoom && payload.Length <= MaxFactBytes && _queue.Writer.TryWrite(new OutboxEntry(kind, timestampUs, payload, value))) return true;
        Interlocked.Increment(ref _refused);
        return false;
    }

    /// <summary>Takes no more and lets <see cref="RunAsync"/> end once everything queued is stored.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Stores what is queued until <see cref="Complete"/> or cancellation. A failing disk is waited for; nothing queued is given up meanwhile.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var group = new List<OutboxEntry>(MaxGroup);
        while (await _queue.Reader.WaitToReadAsync(ct))
        {
            _isStoring = true;
            group.Clear();
            var bytes = 0;
            while (group.Count < MaxGroup && bytes < StoreBudget.GroupBytes && _queue.Reader.TryRead(out var entry))
            {
                group.Add(entry);
                bytes += entry.Payload.Length;
            }

            await StoreAsync(group, ct);
            _isStoring = false;
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
        var ahead = Math.Max(through, Math.Min(through + OfferAhead, state.Produced));
        await WriteAsync((writer, _) => writer.Offer(ahead), ct);
    }

    /// <summary>Everything up to the sequence is on the hub's disk: it leaves this one.</summary>
    public async Task AcknowledgeAsync(long sequence, CancellationToken ct)
    {
        await WriteAsync((writer, _) => writer.Acknowledge(sequence), ct);
        if (State.FreeBytes >= KeepFreeBytes) await _database.GiveSpaceBackAsync(GiveBackBytes, ct);
    }

    /// <summary>Begins a new epoch: the hub knows sequences of this one that this disk does not.</summary>
    public async Task RenewEpochAsync(CancellationToken ct)
    {
        var epoch = DrawEpoch(_time);
        await WriteAsync(
            (writer, connection) =>
            {
                OutboxTables.RenewEpoch(connection, epoch);
                return writer.ReadState();
            },
            ct);
        _logger.EpochRenewed(epoch);
    }

    public async ValueTask DisposeAsync()
    {
        Complete();
        await _database.WriteAsync(_ => _writer?.Dispose(), default);
        await _database.DisposeAsync();
    }

    private async Task StoreAsync(List<OutboxEntry> group, CancellationToken ct)
    {
        var attempts = 0;
        while (true)
        {
            try
            {
                await WriteAsync((writer, _) => writer.Append(group, _budget), ct);
                if (attempts > 0) _logger.OutboxRecovered(attempts);
                Stored?.Invoke();
                return;
            }
            catch (StorageException error)
            {
                if (attempts++ == 0) _logger.OutboxBlocked(error, error.Reason);
                await Task.Delay(RetryAfter, _time, ct);
            }
        }
    }

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
    private static long DrawEpoch(TimeProvider time) => (time.GetUtcNow().ToUnixTimeMilliseconds() << 20) | (BitConverter.ToInt64(Guid.NewGuid().ToByteArray()) & 0xFFFFF);
}
