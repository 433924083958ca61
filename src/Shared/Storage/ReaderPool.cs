using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Hmas.Storage;

/// <summary>Read-only connections, opened when first needed and kept; each read sees one snapshot.</summary>
internal sealed class ReaderPool(string path, DatabaseSettings settings, StorageCounters counters) : IDisposable
{
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private readonly SemaphoreSlim _free = new(settings.Readers, settings.Readers);
    private volatile bool _disposed;

    public T Read<T>(Func<SqliteConnection, T> work)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Database));
        _free.Wait();
        try
        {
            return ReadOn(work);
        }
        catch (SqliteException error)
        {
            var known = StorageException.From(error, path);
            counters.Met(known.Reason);
            throw known;
        }
        finally
        {
            _free.Release();
        }
    }

    private T ReadOn<T>(Func<SqliteConnection, T> work)
    {
        if (!_idle.TryTake(out var connection)) connection = Connections.OpenReader(path, settings);
        var isClean = false;
        try
        {
            Connections.Execute(connection, "BEGIN");
            var result = work(connection);
            Connections.Execute(connection, "COMMIT");
            isClean = true;
            return result;
        }
        finally
        {
            // A connection that threw may hold a transaction or a broken cache: it is not used again.
            if (isClean && !_disposed) _idle.Add(connection);
            else connection.Dispose();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        for (var i = 0; i < settings.Readers; i++) _free.Wait();
        while (_idle.TryTake(out var connection)) connection.Dispose();
        _free.Release(settings.Readers);
    }
}
