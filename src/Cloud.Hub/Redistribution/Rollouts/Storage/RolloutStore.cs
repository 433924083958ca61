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
            using var insert = new Statement(connection, "INSERT INTO rollouts (id, revision, is_open, document) VALUES ($1, 1, $2, $3) RETURNING number");
            return Write(connection, null, new StoredRollout((long)insert.Scalar(state.RolloutId, IsOpen(state), Document(state))!, 1, state));
        },
        cancellation);

    /// <summary>Writes what changed since <paramref name="before"/>.</summary>
    /// <exception cref="DevicesTakenException">Another holds a device that this one holds now.</exception>
    /// <exception cref="InvalidOperationException">Somebody else has written it since.</exception>
    public Task<StoredRollout> SaveAsync(StoredRollout before, RolloutState next, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var update = new Statement(connection, "UPDATE rollouts SET revision = revision + 1, is_open = $1, document = $2 WHERE number = $3 AND revision = $4");
            if (update.Run(IsOpen(next), Document(next), before.Number, before.Revision) == 0) throw new InvalidOperationException($"rollout {next.RolloutId} was written by somebody else");
            return Write(connection, before.State, new StoredRollout(before.Number, before.Revision + 1, next));
        },
        cancellation);

    public StoredRollout? Find(string rolloutId) => _database.Read(connection =>
    {
        using var select = new Statement(connection, "SELECT number, revision, document FROM rollouts WHERE id = $1");
        var found = select.Rows(static row => (Number: row.GetInt64(0), Revision: row.GetInt64(1), State: Parse<RolloutState>(row.GetFieldValue<byte[]>(2))), rolloutId);
        if (found.Count == 0) return null;
        var (number, revision, state) = found[0];
        using var devices = new Statement(connection, "SELECT document FROM rollout_devices WHERE rollout = $1 ORDER BY position");
        using var transitions = new Statement(connection, "SELECT document FROM rollout_transitions WHERE rollout = $1 ORDER BY position");
        return new StoredRollout(number, revision, state with
        {
            Devices = devices.Rows(static row => Parse<DeviceState>(row.GetFieldValue<byte[]>(0)), number),
            Transitions = transitions.Rows(static row => Parse<RolloutTransition>(row.GetFieldValue<byte[]>(0)), number),
        });
    });

    /// <summary>Ids of those that have not ended, oldest first.</summary>
    public IReadOnlyList<string> Open() => Ids("SELECT id FROM rollouts WHERE is_open = 1 ORDER BY number");

    /// <summary>Ids, newest first.</summary>
    /// <param name="before">Only those begun before this one; null: from the newest on.</param>
    public IReadOnlyList<string> Page(string? before, int limit) => before is null
        ? Ids("SELECT id FROM rollouts ORDER BY number DESC LIMIT $1", limit)
        : Ids("SELECT id FROM rollouts WHERE number < (SELECT number FROM rollouts WHERE id = $2) ORDER BY number DESC LIMIT $1", limit, before);

    private List<string> Ids(string sql, params object[] values) => _database.Read(connection =>
    {
        using var select = new Statement(connection, sql);
        return select.Rows(static row => row.GetString(0), values);
    });

    private static StoredRollout Write(SqliteConnection connection, RolloutState? before, StoredRollout stored)
    {
        var next = stored.State;
        if (!ReferenceEquals(before?.Devices, next.Devices)) WriteDevices(connection, before?.Devices ?? [], next.Devices, stored.Number);
        using var insert = new Statement(connection, "INSERT INTO rollout_transitions (rollout, position, document) VALUES ($1, $2, $3)");
        for (var i = before?.Transitions.Count ?? 0; i < next.Transitions.Count; i++) insert.Run(stored.Number, i, Json(next.Transitions[i]));
        return stored;
    }

    /// <summary>Devices never leave a rollout and keep their place; those that join come last.</summary>
    private static void WriteDevices(SqliteConnection connection, IReadOnlyList<DeviceState> before, IReadOnlyList<DeviceState> next, long number)
    {
        using var insert = new Statement(connection, "INSERT INTO rollout_devices (rollout, position, device, is_held, document) VALUES ($1, $2, $3, $4, $5)");
        using var update = new Statement(connection, "UPDATE rollout_devices SET is_held = $3, document = $4 WHERE rollout = $1 AND position = $2");
        try
        {
            for (var i = 0; i < next.Count; i++)
            {
                var device = next[i];
                if (i >= before.Count) insert.Run(number, i, device.DeviceId, device.Held ? 1 : 0, Json(device));
                else if (!ReferenceEquals(before[i], device)) update.Run(number, i, device.Held ? 1 : 0, Json(device));
            }
        }
        catch (SqliteException e) when (e.SqliteExtendedErrorCode == UniqueViolation)
        {
            throw new DevicesTakenException(Taken(connection, next, number));
        }
    }

    private static List<DeviceClaim> Taken(SqliteConnection connection, IReadOnlyList<DeviceState> next, long number)
    {
        using var select = new Statement(connection, "SELECT id FROM rollout_devices JOIN rollouts ON number = rollout WHERE device = $1 AND is_held = 1 AND rollout <> $2");
        var taken = new List<DeviceClaim>();
        foreach (var device in next)
        {
            if (!device.Held || select.Scalar(device.DeviceId, number) is not string holder) continue;
            taken.Add(new DeviceClaim(device.DeviceId, holder));
        }

        return taken;
    }

    private static int IsOpen(RolloutState state) => state.HasEnded ? 0 : 1;

    /// <summary>Its lists stand in rows of their own.</summary>
    private static byte[] Document(RolloutState state) => Json(state with { Devices = [], Transitions = [] });

    private static byte[] Json<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, GrainJson.Options);

    private static T Parse<T>(byte[] json) => JsonSerializer.Deserialize<T>(json, GrainJson.Options)!;
}
