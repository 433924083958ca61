using System.Text.Json;
using Cloud.Hub.Host.Grains;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>The devices of a rollout as rows: what each of them has stands in columns, what only some have said in a document. Devices that
/// are told or let go one after the other take one statement.</summary>
internal static class DeviceRows
{
    /// <summary>In the order of their positions.</summary>
    public static List<DeviceState> Read(SqliteConnection connection, long rollout)
    {
        var digests = new DigestNumbers(connection);
        using var select = new BoundStatement(
            connection,
            "SELECT device, group_index, previous, is_held, is_told, document FROM rollout_devices WHERE rollout = ?1 ORDER BY position");
        var devices = new List<DeviceState>();
        select.Bind(1, rollout);
        while (select.Step())
        {
            var previous = select.IsNull(2) ? null : digests.Digest(select.Number(2));
            var (held, told) = (select.Number(3) == 1, select.Number(4) == 1);
            devices.Add(
                select.IsNull(5)
                    ? Plain(select.Text(0)!, (int)select.Number(1), previous, held, told)
                    : JsonSerializer.Deserialize<DeviceState>(select.Blob(5), GrainJson.Options)! with { Held = held, Told = told });
        }

        return devices;
    }

    /// <summary>Writes what changed. Devices never leave a rollout and keep their place; those that join come last.</summary>
    /// <exception cref="SqliteException">Another rollout holds a device.</exception>
    public static void Write(SqliteConnection connection, IReadOnlyList<DeviceState> before, IReadOnlyList<DeviceState> next, long rollout)
    {
        var digests = new DigestNumbers(connection);
        using var insert = new BoundStatement(
            connection,
            "INSERT INTO rollout_devices (rollout, position, group_index, previous, is_held, is_told, document, device) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        using var update = new BoundStatement(
            connection,
            "UPDATE rollout_devices SET group_index = ?3, previous = ?4, is_held = ?5, is_told = ?6, document = ?7 WHERE rollout = ?1 AND position = ?2");
        using var held = new FlagRuns(connection, rollout, "is_held");
        using var told = new FlagRuns(connection, rollout, "is_told");
        for (var i = 0; i < next.Count; i++)
        {
            var device = next[i];
            if (i >= before.Count)
            {
                Bind(insert, device, i).Bind(8, device.DeviceId).Execute();
                continue;
            }

            var old = before[i];
            if (ReferenceEquals(old, device)) continue;
            if (device with { Held = old.Held, Told = old.Told } == old)
            {
                if (device.Held != old.Held) held.Set(i, device.Held);
                if (device.Told != old.Told) told.Set(i, device.Told);
            }
            else Bind(update, device, i).Execute();
        }

        held.Write();
        told.Write();

        BoundStatement Bind(BoundStatement statement, DeviceState device, int position)
        {
            statement.Bind(1, rollout).Bind(2, position).Bind(3, device.Group);
            if (device.PreviousDigest is { } previous) statement.Bind(4, digests.Number(previous));
            else statement.Bind(4, (string?)null);
            statement.Bind(5, device.Held ? 1 : 0).Bind(6, device.Told ? 1 : 0);
            return device == Plain(device.DeviceId, device.Group, device.PreviousDigest, device.Held, device.Told)
                ? statement.Bind(7, (string?)null) : statement.Bind(7, JsonSerializer.SerializeToUtf8Bytes(device, GrainJson.Options));
        }
    }

    /// <summary>One that has said nothing yet.</summary>
    private static DeviceState Plain(string deviceId, int group, string? previous, bool held, bool told) =>
        new() { DeviceId = deviceId, Group = group, PreviousDigest = previous, AnsweringDigest = previous, Held = held, Told = told };
}
