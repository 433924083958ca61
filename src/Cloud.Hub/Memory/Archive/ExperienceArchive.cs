using System.Runtime.CompilerServices;
using Cloud.Hub.Host;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Domain;
using Hmas.Contracts.Facts;
using Hmas.Storage;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Memory.Archive;

/// <summary>The archive in the embedded store: one file, memory.db.</summary>
internal sealed class ExperienceArchive : IExperienceArchive, IFactArchive, IAsyncDisposable
{
    private const int PageRows = 64;
    private const int UpkeepRows = 4096;

    /// <summary>Retention goes this far below the bound, so that it scans seldom.</summary>
    private const double RetentionTarget = 0.9;

    /// <summary>Of the bound, for alarms, actions, reports, evidence and runs: small rows, of which millions fit.</summary>
    private const double FactShare = 0.25;

    /// <summary>16 KiB pages hold seven rows of 2 kB where 4 KiB pages would hold one and waste the
    /// rest; the log is carried over every 32 MiB.</summary>
    private static readonly DatabaseSettings Settings = new() { PageBytes = 16384, WalAutoCheckpointPages = 2048, CacheKiB = 16384, Readers = 4 };

    private readonly Database _database;
    private readonly MemoryOptions _options;
    private readonly MemoryMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private FactAppender? _appender;
    private bool _isDisposed;

    public ExperienceArchive(
        HubPaths paths, IOptions<MemoryOptions> options, MemoryMetrics metrics, TimeProvider time, ILogger<ExperienceArchive> logger)
    {
        _options = options.Value;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _database = Database.Open(paths.Database("memory"), ArchiveSchema.Migrations, Settings, logger);
    }

    public DatabaseHealth Health => _database.Health;

    public async Task<AppendResult> AppendAsync(IReadOnlyList<FactBatch> batches, CancellationToken cancellation)
    {
        if (batches.Count == 0) return new AppendResult([], [], 0, 0);
        var nowUs = NowUs();
        var result = await _database.WriteAsync(
            connection =>
            {
                if (_appender?.Serves(connection) != true)
                {
                    _appender?.Dispose();
                    _appender = new FactAppender(connection);
                }

                return _appender.Append(batches, nowUs);
            },
            cancellation);
        _metrics.Appended(result);
        return result;
    }

    public async IAsyncEnumerable<ArchivedExperience> ReadAsync(ExperienceQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cursor = query.BeforeId ?? query.AfterId;
        for (var left = query.Limit; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var wanted = Math.Min(left, PageRows);
            var (from, rows) = (cursor, wanted);
            var page = _database.Read(connection => ArchiveQueries.Page(connection, query, from, rows));
            if (page.Broken.Count > 0) await QuarantineAsync(page.Broken, ArchiveUpkeep.QuarantineExperiences, cancellation);
            foreach (var experience in page.Experiences) yield return experience;
            left -= page.Experiences.Count;
            cursor = page.LastId;
            if (page.Rows < wanted) yield break;
        }
    }

    public async IAsyncEnumerable<ArchivedFact> ReadFactsAsync(FactQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var afterId = query.AfterId;
        for (var left = query.Limit; left > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            var wanted = Math.Min(left, PageRows);
            var (from, rows) = (afterId, wanted);
            var page = _database.Read(connection => ArchiveQueries.Facts(connection, query, from, rows));
            if (page.Broken.Count > 0) await QuarantineAsync(page.Broken, ArchiveUpkeep.QuarantineFacts, cancellation);
            foreach (var fact in page.Facts) yield return fact;
            left -= page.Facts.Count;
            afterId = page.LastId;
            if (page.Rows < wanted) yield break;
        }
    }

    public Task<long> LastFactIdAsync(CancellationToken cancellation) => Task.FromResult(_database.Read(ArchiveQueries.LastFactId));

    public async Task<IReadOnlyList<ArchivedExperience>> SampleAsync(ReplayRequest request, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(request.Count);
        var page = _database.Read(connection =>
        {
            var draw = new ReplayDraw(request.Count, request.Prioritized, request.Seed);
            ArchiveQueries.ForEach(
                connection,
                (id, value, _) =>
                {
                    if (id <= request.UpToId) draw.Offer(id, value);
                });
            return ArchiveQueries.ByIds(connection, draw.Ids());
        });
        if (page.Broken.Count > 0) await QuarantineAsync(page.Broken, ArchiveUpkeep.QuarantineExperiences, cancellation);
        return page.Experiences;
    }

    public Task<ArchiveStatistics> StatisticsAsync(CancellationToken cancellation)
    {
        var bytes = _database.UsedBytes();
        return Task.FromResult(_database.Read(connection => ArchiveQueries.Statistics(connection, bytes)));
    }

    /// <summary>Lets the least valuable go when the archive is above its bound, and gives their space back; returns how many rows went.</summary>
    /// <remarks>Facts beside experiences have a share of the bound: beyond it the oldest of them go first, so that they never
    /// push experiences out. Below it, and for the rest, experiences go by value.</remarks>
    public async Task<long> KeepWithinBoundAsync(CancellationToken cancellation)
    {
        var used = _database.UsedBytes();
        if (used <= _options.RetentionBytes) return 0;
        var excess = used - (long)(_options.RetentionBytes * RetentionTarget);
        var (facts, freedOfFacts) = await RetireFactsAsync(excess, cancellation);
        var experiences = await RetireExperiencesAsync(excess - freedOfFacts, cancellation);
        var freed = await _database.GiveSpaceBackAsync(long.MaxValue, cancellation);
        _metrics.Retired(facts + experiences);
        Log.Retired(_logger, experiences, facts, used, _options.RetentionBytes, freed);
        return facts + experiences;
    }

    private async Task<(long Rows, long Bytes)> RetireFactsAsync(long excess, CancellationToken cancellation)
    {
        var share = (long)(_options.RetentionBytes * FactShare);
        var held = _database.Read(ArchiveQueries.FactBytes);
        if (held <= share) return (0, 0);
        long rows = 0, freed = 0;
        var wanted = Math.Min(excess, held - (long)(share * RetentionTarget));
        while (freed < wanted)
        {
            var left = wanted - freed;
            var (deleted, bytes) = await _database.WriteAsync(
                connection => ArchiveUpkeep.DeleteOldestFacts(connection, left, UpkeepRows), cancellation);
            if (deleted == 0) break;
            rows += deleted;
            freed += bytes;
        }

        return (rows, freed);
    }

    private async Task<long> RetireExperiencesAsync(long excess, CancellationToken cancellation)
    {
        if (excess <= 0) return 0;
        var plan = new RetentionPlan();
        _database.Read(connection =>
        {
            ArchiveQueries.ForEach(connection, (_, value, bytes) => plan.Count(value, bytes));
            return true;
        });
        var (step, bytesOfStep) = plan.For(excess);
        long deleted = 0, afterId = 0;
        for (var isDone = false; !isDone;)
        {
            // Page by page, so that ingest never waits long for its turn.
            var at = (bytesOfStep, afterId);
            (var rows, isDone, at) = await _database.WriteAsync(
                connection =>
                {
                    var moved = at;
                    var (count, done) = ArchiveUpkeep.DeletePage(connection, step, ref moved.bytesOfStep, ref moved.afterId, UpkeepRows);
                    return (count, done, moved);
                },
                cancellation);
            (bytesOfStep, afterId) = at;
            deleted += rows;
        }

        return deleted;
    }

    public async ValueTask DisposeAsync()
    {
        // Registered under three types, so the container disposes it as often.
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        // The statements go before their connection, on its thread.
        await _database.WriteAsync(
            _ =>
            {
                _appender?.Dispose();
                _appender = null;
            },
            CancellationToken.None);
        await _database.DisposeAsync();
    }

    private async Task QuarantineAsync(
        List<long> ids, Func<Microsoft.Data.Sqlite.SqliteConnection, IReadOnlyList<long>, long, int> move, CancellationToken cancellation)
    {
        var nowUs = NowUs();
        var moved = await _database.WriteAsync(connection => move(connection, ids, nowUs), cancellation);
        _database.CountQuarantined(moved);
        _metrics.Quarantined(moved);
        Log.Quarantined(_logger, moved, ids[0], ids[^1]);
    }

    private long NowUs() => _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
}
