using System.Text.Json;
using Cloud.Hub.Host.Grains;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>Keeps rollouts: each write is one transaction of what changed, and is on disk when it returns.</summary>
internal sealed class RolloutStore(RolloutTables tables)
{
    /// <summary>SQLITE_CONSTRAINT_UNIQUE.</summary>
    private const int UniqueViolation = 2067;

    private readonly Database _database = tables.Database;

    /// <summary>Writes a new rollout.</summary>
    /// <exception cref="DevicesTakenException">Another holds a device that this one holds.</exception>
    public Task<StoredRollout> BeginAsync(RolloutState state, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var insert = new BoundStatement(
                connection, "INSERT INTO rollouts (id, revision, is_open, document, priority) VALUES (?1, 1, ?2, ?3, ?4) RETURNING number");
            insert.Bind(1, state.RolloutId).Bind(2, IsOpen(state)).Bind(3, Document(state)).Bind(4, state.Priority).Step();
            var number = insert.Number(0);
            insert.Reset();
            return Write(connection, null, new StoredRollout(number, 1, state));
        },
        cancellation);

    /// <summary>Writes what changed since <paramref name="before"/>.</summary>
    /// <exception cref="DevicesTakenException">Another holds a device that this one holds now.</exception>
    /// <exception cref="InvalidOperationException">Somebody else has written it since.</exception>
    public Task<StoredRollout> SaveAsync(StoredRollout before, RolloutState next, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var update = new BoundStatement(
                connection,
                "UPDATE rollouts SET revision = revision + 1, is_open = ?1, document = ?2, priority = ?5 WHERE number = ?3 AND revision = ?4 RETURNING revision");
            update.Bind(1, IsOpen(next)).Bind(2, Document(next)).Bind(3, before.Number).Bind(4, before.Revision).Bind(5, next.Priority);
            if (!update.Step())
                throw new InvalidOperationException($"rollout {next.RolloutId} was written by somebody else");
            update.Reset();
            return Write(connection, before.State, new StoredRollout(before.Number, before.Revision + 1, next));
        },
        cancellation);

    /// <exception cref="InvalidDataException">It is not written as this hub writes, or it, or a group of it, is in a state that this hub does not
    /// know; the row stays as it is.</exception>
    public StoredRollout? Find(string rolloutId) => _database.Read(connection =>
    {
        using var select = new BoundStatement(connection, "SELECT number, revision, document FROM rollouts WHERE id = ?1");
        if (!select.Bind(1, rolloutId).Step()) return null;
        var (number, revision, state) = (select.Number(0), select.Number(1), Parse(rolloutId, select.Blob(2)));
        if (RolloutState.UnknownOf(state.State, state.Groups.Select(static group => group.State)) is { } unknown)
            throw new InvalidDataException($"rollout {rolloutId}: {RolloutState.Unknown(unknown)}");
        using var transitions = new BoundStatement(connection, "SELECT document FROM rollout_transitions WHERE rollout = ?1 ORDER BY position");
        var devices = DeviceRows.Read(connection, number);
        return new StoredRollout(number, revision, state with
        {
            Devices = devices,
            HasControlDevices = devices.Exists(static device => device.IsControl),
            Transitions = Rows(transitions.Bind(1, number), static row => Parse<RolloutTransition>(row.Blob(0))),
        });
    });

    /// <summary>Ids of those that have not ended, the highest priority first, of equal ones the oldest.</summary>
    public IReadOnlyList<string> Open() => _database.Read(static connection =>
    {
        using var select = new BoundStatement(connection, "SELECT id FROM rollouts WHERE is_open = 1 ORDER BY priority DESC, number");
        return Rows(select, static row => row.Text(0)!);
    });

    /// <summary>Which of these devices other rollouts hold, or wait for with more right to them: running, of a higher priority, or of
    /// the same and older.</summary>
    public IReadOnlyList<DeviceClaim> Wanted(IReadOnlySet<string> devices, RolloutState by) => _database.Read(connection =>
    {
        var claims = new Dictionary<string, DeviceClaim>(StringComparer.Ordinal);
        using var waiting = new BoundStatement(
            connection, """
                SELECT device, id, priority FROM rollouts JOIN rollout_devices ON rollout = number
                WHERE is_open = 1 AND id <> ?1 AND is_held = 0 AND is_told = 0
                  AND coalesce(json_extract(CAST(rollout_devices.document AS TEXT), '$.left'), 0) = 0
                  AND (priority > ?2 OR (priority = ?2 AND number < coalesce((SELECT number FROM rollouts WHERE id = ?1), 1 << 62)))
                  AND json_extract(CAST(rollouts.document AS TEXT), '$.state') IN (?3, ?4)
                """);
        Add(waiting.Bind(1, by.RolloutId).Bind(2, by.Priority).Bind(3, RolloutState.Running).Bind(4, RolloutState.Paused));
        using var held = new BoundStatement(
            connection, "SELECT device, id, priority FROM rollout_devices JOIN rollouts ON number = rollout WHERE is_held = 1 AND id <> ?1");
        Add(held.Bind(1, by.RolloutId));
        return claims.Values.ToList();

        void Add(BoundStatement select)
        {
            while (select.Step())
            {
                if (select.Text(0) is { } device && devices.Contains(device))
                    claims[device] = new DeviceClaim(device, select.Text(1)!, (int)select.Number(2));
            }
        }
    });

    /// <summary>The first rollout begun after an open one that has taken its place; null: none has.</summary>
    public string? Successor(RolloutState open) => _database.Read(connection =>
    {
        using var later = new BoundStatement(
            connection, """
                SELECT document FROM rollouts WHERE number > (SELECT number FROM rollouts WHERE id = ?1)
                  AND (json_extract(CAST(document AS TEXT), '$.state') = ?2 OR json_extract(CAST(document AS TEXT), '$.openSince') IS NOT NULL)
                ORDER BY number
                """);
        later.Bind(1, open.RolloutId).Bind(2, RolloutState.Completed);
        while (later.Step())
        {
            if (Parse<RolloutState>(later.Blob(0)) is var state && RolloutJoining.TakesPlace(state, open)) return state.RolloutId;
        }

        return null;
    });

    /// <summary>Ids, newest first, each with a state of it or of a group of it that this hub does not know; null: it knows all.</summary>
    /// <param name="before">Only those begun before this one; null: from the newest on.</param>
    public IReadOnlyList<(string Id, string? Unknown)> Page(string? before, int limit) => _database.Read(connection =>
    {
        using var select = new BoundStatement(
            connection,
            """
            SELECT id, CASE WHEN json_valid(CAST(document AS TEXT)) THEN json_extract(CAST(document AS TEXT), '$.state') END,
              CASE WHEN json_valid(CAST(document AS TEXT)) THEN
                (SELECT group_concat(coalesce(json_extract(value, '$.state'), 'none')) FROM json_each(CAST(document AS TEXT), '$.groups')) END
            FROM rollouts WHERE ?2 IS NULL OR number < (SELECT number FROM rollouts WHERE id = ?2) ORDER BY number DESC LIMIT ?1
            """);
        return Rows(
            select.Bind(1, limit).Bind(2, before), static row => (row.Text(0)!, RolloutState.UnknownOf(row.Text(1), row.Text(2)?.Split(',') ?? [])));
    });

    private static List<T> Rows<T>(BoundStatement select, Func<BoundStatement, T> read)
    {
        var rows = new List<T>();
        while (select.Step()) rows.Add(read(select));
        return rows;
    }

    private static StoredRollout Write(SqliteConnection connection, RolloutState? before, StoredRollout stored)
    {
        var next = stored.State;
        if (!ReferenceEquals(before?.Devices, next.Devices)) WriteDevices(connection, before?.Devices ?? [], next.Devices, stored.Number);
        using var insert = new BoundStatement(connection, "INSERT INTO rollout_transitions (rollout, position, document) VALUES (?1, ?2, ?3)");
        for (var i = before?.Transitions.Count ?? 0; i < next.Transitions.Count; i++)
            insert.Bind(1, stored.Number).Bind(2, i).Bind(3, Json(next.Transitions[i])).Execute();
        return stored;
    }

    private static void WriteDevices(SqliteConnection connection, IReadOnlyList<DeviceState> before, IReadOnlyList<DeviceState> next, long number)
    {
        try
        {
            DeviceRows.Write(connection, before, next, number);
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode == UniqueViolation)
        {
            throw new DevicesTakenException(Taken(connection, next, number));
        }
    }

    private static List<DeviceClaim> Taken(SqliteConnection connection, IReadOnlyList<DeviceState> next, long number)
    {
        using var select = new BoundStatement(
            connection, "SELECT id, priority FROM rollout_devices JOIN rollouts ON number = rollout WHERE device = ?1 AND is_held = 1 AND rollout <> ?2");
        var taken = new List<DeviceClaim>();
        foreach (var device in next)
        {
            if (!device.Held || !select.Bind(1, device.DeviceId).Bind(2, number).Step()) continue;
            taken.Add(new DeviceClaim(device.DeviceId, select.Text(0)!, (int)select.Number(1)));
            select.Reset();
        }

        return taken;
    }

    private static int IsOpen(RolloutState state) => state.HasEnded ? 0 : 1;

    /// <summary>Its lists stand in rows of their own.</summary>
    private static byte[] Document(RolloutState state) => Json(state with { Devices = [], Transitions = [] });

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, GrainJson.Options);

    private static RolloutState Parse(string rolloutId, ReadOnlySpan<byte> json)
    {
        try
        {
            return Parse<RolloutState>(json);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"rollout {rolloutId}: {e.Message}", e);
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize<T>(json, GrainJson.Options)!;
}
