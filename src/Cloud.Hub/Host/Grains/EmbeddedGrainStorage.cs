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
                var stored = Row(connection, grainId, stateName)?.ETag;
                RequireSame(stored, expected, grainId, stateName);
                var next = (stored ?? 0) + 1;
                using var command = connection.CreateCommand();
                command.CommandText = "INSERT INTO grain_state (grain, name, etag, payload) VALUES ($grain, $name, $etag, $payload) "
                    + "ON CONFLICT (grain, name) DO UPDATE SET etag = excluded.etag, payload = excluded.payload";
                command.Parameters.AddWithValue("$grain", grainId.ToString());
                command.Parameters.AddWithValue("$name", stateName);
                command.Parameters.AddWithValue("$etag", next);
                command.Parameters.AddWithValue("$payload", payload);
                command.ExecuteNonQuery();
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

    public ValueTask DisposeAsync() => _database.DisposeAsync();

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
        if (now == expected) return;
        throw new InconsistentStateException($"{grain} {name} was written by somebody else", now ?? "", expected ?? "");
    }

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);
}
