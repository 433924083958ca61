using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.Storage;

/// <summary>An SQLite file that keeps what it acknowledged: write-ahead log, an fsync before every
/// answer, one writer whose waiting works share a transaction.</summary>
/// <remarks>
/// A file found corrupt at open is moved aside as <c>name.corrupt-n</c>, what reads is copied into
/// a new one, and the program starts. Nothing is deleted.
/// Why SQLite: docs/adr/0001-embedded-store.md.
/// </remarks>
public sealed class Database : IAsyncDisposable
{
    private readonly DatabaseSettings _settings;
    private readonly StorageCounters _counters;
    private readonly WriteLoop _writer;
    private readonly ReaderPool _readers;
    private readonly long _salvagedRows;

    private Database(string path, SqliteConnection writer, SalvageReport? salvaged, DatabaseSettings settings, ILogger logger)
    {
        Path = path;
        _settings = settings;
        _salvagedRows = salvaged?.Rows ?? 0;
        _counters = new StorageCounters();
        if (salvaged is not null) _counters.Quarantined(salvaged.Lost);
        _readers = new ReaderPool(path, settings, _counters);
        _writer = new WriteLoop(path, writer, settings, _counters, logger);
    }

    /// <summary>Absolute path of the main file.</summary>
    public string Path { get; }

    /// <summary>Records found broken since open: at most so many rows lost in a salvage at this start, plus
    /// what owners reported with <see cref="CountQuarantined"/>.</summary>
    public long QuarantinedRecords => _counters.QuarantinedRecords;

    public DatabaseHealth Health => new()
    {
        FileBytes = SizeOf(Path),
        WalBytes = SizeOf(Path + "-wal"),
        Writes = _counters.Writes,
        Commits = _counters.Commits,
        FailedWrites = _counters.FailedWrites,
        DiskFull = _counters.DiskFull,
        IoErrors = _counters.IoErrors,
        Corruptions = _counters.Corruptions,
        QuarantinedFiles = Salvage.CountAside(Path),
        SalvagedRows = _salvagedRows,
        QuarantinedRecords = _counters.QuarantinedRecords,
        IsGood = _counters.IsGood,
    };

    /// <summary>Opens or makes the file (mode 0600), checks its structure, and brings its schema up to <paramref name="migrations"/>.</summary>
    /// <exception cref="StorageException">No access, full disk, I/O error, or
    /// <see cref="StorageReason.NewerSchema"/>. A corrupt file is no error.</exception>
    public static Database Open(string path, IReadOnlyList<Migration> migrations, DatabaseSettings? settings = null, ILogger? logger = null)
    {
        Schema.RequireOrdered(migrations);
        settings ??= new DatabaseSettings();
        logger ??= NullLogger.Instance;
        var full = System.IO.Path.GetFullPath(path);
        var (writer, salvaged) = DatabaseFile.Open(full, migrations, settings, logger);
        return new Database(full, writer, salvaged, settings, logger);
    }

    /// <summary>Runs the work on the writer's thread and completes once it is on disk. Works that wait at the
    /// same time share one transaction and one fsync, in order.</summary>
    /// <param name="work">
    /// Must not begin or end a transaction, keep a reader open, or change state that outlives a rollback: when
    /// it throws, its changes alone are rolled back and the task fails
    /// with what it threw. Commands that it keeps must be made anew when the connection is another one.
    /// </param>
    /// <param name="cancellation">Honoured until the work starts.</param>
    /// <exception cref="StorageException">The write or its commit failed; nothing of it is acknowledged.</exception>
    /// <exception cref="ObjectDisposedException">The database is closed.</exception>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation) =>
        _writer.EnqueueAsync(new WriteWork<T>(work, cancellation), cancellation);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<SqliteConnection> work, CancellationToken cancellation) =>
        WriteAsync(
            connection =>
            {
                work(connection);
                return true;
            },
            cancellation);

    /// <summary>Runs the work on a read-only connection, within one snapshot: keep it short, since
    /// the log cannot be cut back behind a reader.</summary>
    /// <exception cref="StorageException">Reading failed.</exception>
    public T Read<T>(Func<SqliteConnection, T> work) => _readers.Read(work);

    /// <summary>Bytes of the pages that hold data, without the free ones: what an owner's byte bound is compared with.</summary>
    public long UsedBytes() => Read(static connection =>
        (Connections.Number(connection, "PRAGMA page_count") - Connections.Number(connection, "PRAGMA freelist_count")) * Connections.Number(
            connection, "PRAGMA page_size"));

    /// <summary>Gives free pages back to the file system after a backlog was deleted, at most
    /// <paramref name="maxBytes"/> of them; returns by how many bytes the file shrank.</summary>
    public Task<long> GiveSpaceBackAsync(long maxBytes, CancellationToken cancellation) =>
        _writer.EnqueueAsync(
            new WriteWork<long>(connection => Vacuum(connection, maxBytes), cancellation) { OutsideTransaction = true }, cancellation);

    /// <summary>Writes a consistent copy while everything goes on (SQLite's online backup); the
    /// target appears only when complete and synced.</summary>
    /// <exception cref="StorageException">The copy cannot be written.</exception>
    public void Backup(string targetPath)
    {
        var target = System.IO.Path.GetFullPath(targetPath);
        var temporary = target + ".partial";
        try
        {
            File.Delete(temporary);
            DatabaseFile.CreatePrivate(temporary);
            using (var source = Connections.OpenReader(Path, _settings))
            using (var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = temporary, Pooling = false }.ToString()))
            {
                copy.Open();
                source.BackupDatabase(copy);
            }

            using (var file = File.OpenHandle(temporary, access: FileAccess.ReadWrite)) RandomAccess.FlushToDisk(file);
            File.Move(temporary, target, overwrite: true);
            Native.Folder.Sync(System.IO.Path.GetDirectoryName(target)!);
        }
        catch (SqliteException error)
        {
            File.Delete(temporary);
            throw StorageException.From(error, target);
        }
        catch (IOException error)
        {
            throw new StorageException(StorageReason.Io, $"{target}: {error.Message}", error);
        }
    }

    /// <summary>An owner found records whose <see cref="CheckedPayload"/> does not open.</summary>
    public void CountQuarantined(long records) => _counters.Quarantined(records);

    /// <summary>Takes no more writes, finishes those that wait, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _readers.Dispose();
        // The last connection to close carries the log over into the file.
        await _writer.DisposeAsync();
    }

    private static long Vacuum(SqliteConnection connection, long maxBytes)
    {
        var pageSize = Connections.Number(connection, "PRAGMA page_size");
        var before = Connections.Number(connection, "PRAGMA page_count");
        using (var command = connection.CreateCommand())
        {
            command.CommandText = string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({Math.Max(1, maxBytes / pageSize)})");
            using var reader = command.ExecuteReader();
            // One page is freed per step.
            while (reader.Read())
            {
            }
        }

        using (var command = connection.CreateCommand())
        {
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }

        return (before - Connections.Number(connection, "PRAGMA page_count")) * pageSize;
    }

    private static long SizeOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
