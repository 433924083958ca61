using System.Globalization;
using Hmas.Storage;
using Microsoft.Data.Sqlite;
using Orleans.Storage;

namespace Cloud.Hub.Host.Grains;

/// <summary>Grain state in the embedded store, <c>grains.db</c>: on disk before a write returns, and never over a newer one.</summary>
/// <remarks>The ETag is a number that grows with each write of a grain. docs/formats/grains.md holds the table.</remarks>
internal sealed class EmbeddedGrainStorage(HubPaths paths, ILogger<EmbeddedGrainStorage> logger) : IGrainStorage, IAsyncDisposable
{
    private static readonly Migration[] Migrations =
    [
        new(1, "CREATE TABLE grain_state (grain TEXT NOT NULL, name TEXT NOT NULL, etag INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (grain, name)) WITHOUT ROWID;"),
    ];

    private readonly Database _database = Database.Open(paths.Database("grains"), Migrations, logger: logger);
    private readonly GrainJson _json = new();
    private readonly GrainWrites _writes = new();
    private bool _isDisposed;

    public DatabaseHealth Health => _database.Health;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = _database.Read(connection => Row(connection, grainId, stateName));
        grainState.RecordExists = false;
        grainState.ETag = null!;
        grainState.State = Activator.CreateInstance<T>();
        if (row is not { } found) return Task.CompletedTask;

        grainState.ETag = Text(found.ETag);
        if (CheckedPayload.TryOpen(found.Payload, out var payload))
        {
            grainState.State = _json.Deserialize<T>(new BinaryData(payload.ToArray()));
            grainState.RecordExists = true;
        }
        else
        {
            // The grain starts anew, as one that never lived; what was there stays in the row until it is written over.
            _database.CountQuarantined(1);
            logger.GrainStateCorrupt(grainId, stateName);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var payload = CheckedPayload.Seal(_json.Serialize(grainState.State));
        var expected = grainState.ETag;
        var etag = await _database.WriteAsync(
            connection =>
            {
                var next = expected is null ? 1 : long.Parse(expected, CultureInfo.InvariantCulture) + 1;
                var isWritten = _writes.Run(connection, grainId.ToString(), stateName, next, payload);
                if (!isWritten) throw Inconsistent(Row(connection, grainId, stateName)?.ETag, expected, grainId, stateName);
                return next;
            },
            CancellationToken.None);
        grainState.ETag = Text(etag);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = grainState.ETag;
        await _database.WriteAsync(
            connection =>
            {
                RequireSame(Row(connection, grainId, stateName)?.ETag, expected, grainId, stateName);
                using var command = connection.CreateCommand();
                command.CommandText = "DELETE FROM grain_state WHERE grain = $grain AND name = $name";
                command.Parameters.AddWithValue("$grain", grainId.ToString());
                command.Parameters.AddWithValue("$name", stateName);
                command.ExecuteNonQuery();
            },
            CancellationToken.None);
        grainState.ETag = null!;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    public async ValueTask DisposeAsync()
    {
        // Registered under several types, so the container disposes it as often.
        if (Interlocked.Exchange(ref _isDisposed, true)) return;
        // The statements go before their connection, on its thread.
        await _database.WriteAsync(_ => _writes.Dispose(), CancellationToken.None);
        await _database.DisposeAsync();
    }

    private static (long ETag, byte[] Payload)? Row(SqliteConnection connection, GrainId grain, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT etag, payload FROM grain_state WHERE grain = $grain AND name = $name";
        command.Parameters.AddWithValue("$grain", grain.ToString());
        command.Parameters.AddWithValue("$name", name);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static void RequireSame(long? stored, string? expected, GrainId grain, string name)
    {
        var now = stored is { } number ? Text(number) : null;
        if (now != expected) throw Inconsistent(stored, expected, grain, name);
    }

    private static InconsistentStateException Inconsistent(long? stored, string? expected, GrainId grain, string name) =>
        new($"{grain} {name} was written by somebody else", stored is { } number ? Text(number) : "", expected ?? "");

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);
}
