using System.Collections.Concurrent;
using System.Text.Json;
using Cloud.Hub.Host;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Communication.Devices;

/// <summary>What the hub wants of each device: on disk first, then in memory, where reads are served. Many devices
/// that want the same take one commit, and share what they want.</summary>
/// <remarks>Changes run in the store's single writer, so a read-modify-write needs no lock. Thread-safe. Why this
/// is no grain's state: docs/adr/0012-desired-states-in-a-table.md.</remarks>
internal sealed class DesiredStates : IAsyncDisposable
{
    /// <summary>A commit of ten thousand devices needs no page twice from the file.</summary>
    private static readonly DatabaseSettings Settings = new() { CacheKiB = 8 * 1024 };

    private readonly Database _database;
    private readonly ConcurrentDictionary<string, DesiredState> _states;

    public DesiredStates(HubPaths paths, ILogger<DesiredStates> logger)
    {
        _database = Database.Open(paths.Database("desired"), DesiredSchema.Migrations, Settings, logger);
        _states = new ConcurrentDictionary<string, DesiredState>(_database.Read(Load), StringComparer.Ordinal);
    }

    public DatabaseHealth Health => _database.Health;

    /// <summary>Null: nothing was ever wanted of it.</summary>
    public DesiredState? Find(string deviceId) => _states.GetValueOrDefault(deviceId);

    /// <summary>The next version for each device; all are on disk when this returns, in one commit.</summary>
    public async Task<IReadOnlyList<DesiredState>> ChangeAsync(IReadOnlyList<DesiredChange> changes, CancellationToken cancellation)
    {
        var next = await _database.WriteAsync(connection => Write(connection, changes), cancellation);
        // Commits complete in order, yet their continuations may not: a newer version stays.
        for (var i = 0; i < next.Length; i++)
        {
            var state = next[i];
            _states.AddOrUpdate(
                changes[i].DeviceId, static (_, mine) => mine, static (_, known, mine) => known.Version > mine.Version ? known : mine, state);
        }

        return next;
    }

    /// <summary>Forgets what no device wants any longer.</summary>
    public Task DropUnusedAsync(CancellationToken cancellation) => _database.WriteAsync(
        static connection =>
        {
            using var drop = new BoundStatement(connection, "DELETE FROM contents WHERE id NOT IN (SELECT content FROM desired)");
            drop.Execute();
        },
        cancellation);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static DesiredState[] Write(SqliteConnection connection, IReadOnlyList<DesiredChange> changes)
    {
        using var select = new BoundStatement(connection, "SELECT version, content FROM desired WHERE device = ?1");
        using var read = new BoundStatement(connection, "SELECT document FROM contents WHERE id = ?1");
        using var add = new BoundStatement(
            connection, "INSERT INTO contents (document) VALUES (?1) ON CONFLICT DO UPDATE SET document = ?1 RETURNING id");
        using var write = new BoundStatement(
            connection,
            "INSERT INTO desired (device, version, content) VALUES (?1, ?2, ?3) ON CONFLICT (device) DO UPDATE SET version = ?2, content = ?3");
        // Of this work only: what another one added may be rolled back. Most devices go from the same to the same.
        var steps = new Dictionary<(long Content, long Version, Func<DesiredState, DesiredState> Change), (DesiredState State, long Content)>();
        var held = new Dictionary<long, DesiredState>();
        var ids = new Dictionary<DesiredState, long>();
        var next = new DesiredState[changes.Count];
        for (var i = 0; i < next.Length; i++)
        {
            var (deviceId, known, change) = changes[i];
            DesiredState? current = null;
            long content = 0;
            if (select.Bind(1, deviceId).Step())
            {
                known = Math.Max(known, select.Number(0));
                content = select.Number(1);
                select.Reset();
            }

            if (!steps.TryGetValue((content, known, change), out var step))
            {
                if (content > 0 && !held.TryGetValue(content, out current)) held[content] = current = Read(read, content);
                var state = TwinRules.Next(current, known, change);
                var unversioned = state with { Version = 0 };
                if (!ids.TryGetValue(unversioned, out var id)) ids[unversioned] = id = Add(add, unversioned);
                steps[(content, known, change)] = step = (state, id);
            }

            next[i] = step.State;
            write.Bind(1, deviceId).Bind(2, step.State.Version).Bind(3, step.Content).Execute();
        }

        return next;
    }

    private static DesiredState Read(BoundStatement read, long content)
    {
        if (!read.Bind(1, content).Step()) throw new InvalidOperationException($"desired.db has no content {content}");
        var state = Parse(read.Blob(0));
        read.Reset();
        return state;
    }

    private static long Add(BoundStatement add, DesiredState unversioned)
    {
        add.Bind(1, JsonSerializer.SerializeToUtf8Bytes(unversioned, ContractsJson.Default.DesiredState)).Step();
        var id = add.Number(0);
        add.Reset();
        return id;
    }

    private static Dictionary<string, DesiredState> Load(SqliteConnection connection)
    {
        using var contents = new BoundStatement(connection, "SELECT id, document FROM contents");
        var shared = new Dictionary<long, DesiredState>();
        while (contents.Step()) shared[contents.Number(0)] = Parse(contents.Blob(1));
        using var rows = new BoundStatement(connection, "SELECT device, version, content FROM desired");
        var versions = new Dictionary<(long Content, long Version), DesiredState>();
        var states = new Dictionary<string, DesiredState>(StringComparer.Ordinal);
        while (rows.Step())
        {
            var (version, content) = (rows.Number(1), rows.Number(2));
            if (!versions.TryGetValue((content, version), out var state))
                versions[(content, version)] = state = shared[content] with { Version = version };
            states[rows.Text(0)!] = state;
        }

        return states;
    }

    private static DesiredState Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, ContractsJson.Default.DesiredState)!;
}
