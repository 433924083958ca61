using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Outbox;

/// <summary>The outbox's file: what <see cref="OutboxWriter"/> and <see cref="OutboxTables"/> do, a transaction each, and the state that
/// came of it.</summary>
/// <remarks>Any thread; a task completes once its change is on disk.</remarks>
internal sealed class OutboxStore : IAsyncDisposable
{
    private const long GiveBackBytes = 4 << 20;

    /// <summary>Free pages below this stay in the file for the next facts: to cut them off costs two more
    /// fsyncs and the log written over, at each acknowledgement.</summary>
    private const long KeepFreeBytes = 1 << 20;

    private readonly Database _database;
    private readonly StoreBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();

    // On the writer's thread only.
    private OutboxWriter? _writer;
    private long _nextVersion;

    private OutboxState _state = new();
    private long _version;

    private OutboxStore(Database database, OutboxOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _budget = new StoreBudget(options.MaxBytes);
        _time = time;
        _logger = logger;
    }

    /// <summary>As it is on disk.</summary>
    public OutboxState State => Volatile.Read(ref _state);

    public DatabaseHealth Health => _database.Health;

    /// <inheritdoc cref="FactOutbox.OpenAsync"/>
    public static async Task<OutboxStore> OpenAsync(string folder, OutboxOptions options, TimeProvider time, ILogger logger, CancellationToken ct)
    {
        var settings = new DatabaseSettings
        {
            PageBytes = StoreBudget.PageBytes, WalAutoCheckpointPages = StoreBudget.LogPages, CacheKiB = 256, Readers = 1, OneProcess = true,
        };
        var store = new OutboxStore(
            Database.Open(Path.Combine(folder, "outbox.db"), OutboxTables.Migrations, settings, logger), options, time, logger);
        try
        {
            var salvaged = store.Health.SalvagedRows > 0;
            await store.WriteAsync(
                (writer, connection) =>
                {
                    if (writer.ReadState().Epoch == 0 || salvaged) OutboxTables.RenewEpoch(connection, DrawEpoch(time));
                    return writer.ReadState();
                },
                ct);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many sequences beyond the acknowledged one may be offered, see <see cref="FactOutbox.MostOffered"/>.</summary>
    public long MostOffered(OutboxState state) =>
        Math.Max(1, (long)((double)_budget.KeptBytes / Math.Max(1, state.UsedBytes) * Math.Max(1, state.Waiting)));

    /// <summary>Lets go what the hub holds, then numbers and stores the group.</summary>
    /// <param name="sendingThrough">See <see cref="FactOutbox.SendingThrough"/>.</param>
    public Task AppendAsync(IReadOnlyList<OutboxEntry> group, FactAck? ack, long sendingThrough, CancellationToken ct) =>
        WriteAsync(
            (writer, _) =>
            {
                var state = LetGo(writer, ack);
                return group.Count == 0
                    ? state : writer.Append(group, _budget, Math.Min(sendingThrough, state.Acknowledged + MostOffered(state)));
            },
            ct);

    public Task LetGoAsync(FactAck? ack, CancellationToken ct) => WriteAsync((writer, _) => LetGo(writer, ack), ct);

    public Task OfferAsync(long through, CancellationToken ct) => WriteAsync((writer, _) => writer.Offer(through), ct);

    /// <summary>Begins a new epoch with what the hub does not hold.</summary>
    public async Task RenewEpochAsync(FactAck? ack, CancellationToken ct)
    {
        var epoch = DrawEpoch(_time);
        await WriteAsync(
            (writer, connection) =>
            {
                // First what the hub holds already: renumbered, it would be stored twice.
                LetGo(writer, ack);
                OutboxTables.RenewEpoch(connection, epoch);
                return writer.ReadState();
            },
            ct);
        _logger.EpochRenewed(epoch);
    }

    /// <inheritdoc cref="FactOutbox.Read"/>
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

    public async Task GiveSpaceBackAsync(CancellationToken ct)
    {
        if (State.FreeBytes >= KeepFreeBytes) await _database.GiveSpaceBackAsync(GiveBackBytes, ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.WriteAsync(_ => _writer?.Dispose(), default);
        await _database.DisposeAsync();
    }

    private OutboxState LetGo(OutboxWriter writer, FactAck? ack) => State.IsBehind(ack) ? writer.Acknowledge(ack) : State;

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
