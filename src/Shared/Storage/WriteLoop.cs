using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Hmas.Storage;

/// <summary>The one writer: takes what waits, runs it in one transaction with a savepoint each, and
/// answers the callers after the commit returned.</summary>
/// <remarks>It owns a thread, since an fsync blocks for milliseconds and a device may have one pool
/// thread. Only this thread touches the connection.</remarks>
internal sealed class WriteLoop : IAsyncDisposable
{
    private readonly string _path;
    private readonly DatabaseSettings _settings;
    private readonly StorageCounters _counters;
    private readonly ILogger _logger;
    private readonly Channel<WriteWork> _queue;
    private readonly List<WriteWork> _group = [];

    // It does not spin before it sleeps: writes of a device come seconds apart.
    private readonly ManualResetEventSlim _arrived = new(initialState: false, spinCount: 0);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WriterConnection? _connection;

    public WriteLoop(string path, SqliteConnection connection, DatabaseSettings settings, StorageCounters counters, ILogger logger)
    {
        _path = path;
        _settings = settings;
        _counters = counters;
        _logger = logger;
        _connection = new WriterConnection(connection);
        // What a write wakes is this loop's own thread, and what a read wakes is a caller that goes on to
        // wait for its work: neither needs the thread pool in between.
        _queue = Channel.CreateBounded<WriteWork>(
            new BoundedChannelOptions(
                settings.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait, AllowSynchronousContinuations = true });
        new Thread(Run) { IsBackground = true, Name = $"store {Path.GetFileName(path)}" }.Start();
    }

    public async Task<T> EnqueueAsync<T>(WriteWork<T> work, CancellationToken cancellation)
    {
        try
        {
            await _queue.Writer.WriteAsync(work, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(Database), $"{_path} is closed");
        }

        return await work.Task;
    }

    /// <summary>Runs what is queued, then closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _ended.Task;
        _arrived.Dispose();
    }

    private void Run()
    {
        try
        {
            while (WaitForWork())
            {
                while (_queue.Reader.TryRead(out var work)) RunGroup(work);
            }

            _connection?.Dispose();
            _ended.SetResult();
        }
        catch (Exception error)
        {
            // Cannot happen as far as we know; if it does, the owner's dispose and every later write must hear of it.
            _queue.Writer.TryComplete();
            _ended.SetException(error);
            foreach (var work in _group) work.Fail(error);
            while (_queue.Reader.TryRead(out var work)) work.Fail(error);
        }
    }

    /// <summary>False when the queue is closed and empty.</summary>
    private bool WaitForWork()
    {
        var ready = _queue.Reader.WaitToReadAsync().AsTask();
        if (!ready.IsCompleted)
        {
            _arrived.Reset();
            ready.GetAwaiter().UnsafeOnCompleted(_arrived.Set);
            _arrived.Wait();
        }

        return ready.GetAwaiter().GetResult();
    }

    private void RunGroup(WriteWork first)
    {
        _group.Clear();
        if (first.TrySkip()) return;
        WriteWork? maintenance = null;
        try
        {
            _connection ??= new WriterConnection(Connections.OpenWriter(_path, _settings));
            if (first.OutsideTransaction)
            {
                RunMaintenance(_connection, first);
                return;
            }

            _connection.Begin();
        }
        catch (SqliteException error)
        {
            Fail(first, error);
            return;
        }

        for (var next = first; ;)
        {
            if (!RunOne(_connection, next)) return;
            if (_group.Count >= _settings.MaxGroup || !TryNext(out next)) break;
            if (next.OutsideTransaction)
            {
                maintenance = next;
                break;
            }
        }

        Commit(_connection);
        if (maintenance is not null) RunGroup(maintenance);
    }

    private bool TryNext(out WriteWork next)
    {
        while (_queue.Reader.TryRead(out next!))
        {
            if (!next.TrySkip()) return true;
        }

        return false;
    }

    /// <summary>False when the whole transaction is gone, and with it every write of the group.</summary>
    private bool RunOne(WriterConnection connection, WriteWork work)
    {
        try
        {
            connection.Save();
            work.Execute(connection.Connection);
            connection.Release();
            _group.Add(work);
            return true;
        }
        catch (Exception error)
        {
            var transactionStands = false;
            try
            {
                // A full disk or an I/O error may end the transaction inside SQLite; then there is no savepoint to return to.
                if (connection.InTransaction)
                {
                    connection.RollbackToSave();
                    transactionStands = true;
                }
            }
            catch (SqliteException rollbackError)
            {
                Log.RollbackFailed(_logger, rollbackError, _path);
            }

            if (transactionStands)
            {
                Fail(work, error);
                return true;
            }

            _group.Add(work);
            Abandon(error);
            return false;
        }
    }

    private void Commit(WriterConnection connection)
    {
        if (_group.Count == 0)
        {
            // Every write of the group was rolled back alone: there is nothing to make durable.
            TryRollback(connection);
            return;
        }

        try
        {
            connection.Commit();
        }
        catch (SqliteException error)
        {
            Abandon(error);
            return;
        }

        _counters.Committed(_group.Count);
        foreach (var work in _group) work.Complete();
        _group.Clear();
    }

    private void RunMaintenance(WriterConnection connection, WriteWork work)
    {
        try
        {
            work.Execute(connection.Connection);
        }
        catch (Exception error)
        {
            Fail(work, error);
            return;
        }

        work.Complete();
    }

    /// <summary>Gives the transaction up and answers every write of the group with the error: none is on disk for sure.</summary>
    private void Abandon(Exception error)
    {
        if (_connection is { } connection) TryRollback(connection);
        foreach (var work in _group) Fail(work, error);
        _group.Clear();
    }

    private void TryRollback(WriterConnection connection)
    {
        try
        {
            if (connection.InTransaction) connection.Rollback();
        }
        catch (SqliteException error)
        {
            // The connection's state is unknown: the next group opens a new one, which recovers from the log on disk.
            Log.RollbackFailed(_logger, error, _path);
            connection.Dispose();
            _connection = null;
        }
    }

    private void Fail(WriteWork work, Exception error)
    {
        _counters.WriteFailed();
        if (error is SqliteException sqlite)
        {
            var known = StorageException.From(sqlite, _path);
            _counters.Met(known.Reason);
            if (known.Reason is StorageReason.DiskFull or StorageReason.Io or StorageReason.Corrupt)
                Log.WriteFailed(_logger, known.Reason, known.Message);
            error = known;
        }

        work.Fail(error);
    }
}
