using System.Text.Json;
using Hmas.Storage;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>The director's table: of each device what is said now and what was said before, so that one
/// that began before the last change still finds what its timestamp promised.</summary>
internal static class DirectorRows
{
    /// <summary>Says of each device what it gets, in its next version; a repeat changes nothing.</summary>
    /// <param name="isRenewal">True: also what says the same as before gets a new version, whose lives begin now.</param>
    public static void Write(
        SqliteConnection connection, IReadOnlyList<(DeviceIdentity Device, TargetFile? Image)> assignments, DateTimeOffset now, bool isRenewal)
    {
        using var write = new BoundStatement(
            connection, $"""
                INSERT INTO director (device, version, issued_at_us, hardware, image) VALUES (?1, 1, ?2, ?3, ?4)
                ON CONFLICT (device) DO UPDATE SET version = version + 1, issued_at_us = ?2, hardware = ?3, image = ?4,
                  earlier_issued_at_us = issued_at_us, earlier_hardware = hardware, earlier_image = image
                {(isRenewal ? "" : "WHERE hardware <> ?3 OR image IS NOT ?4")}
                """);
        var issued = now.ToUnixTimeMilliseconds() * 1000;
        // Many devices get the same image.
        var numbers = new Dictionary<TargetFile, long>(ReferenceEqualityComparer.Instance);
        foreach (var (device, image) in assignments)
        {
            write.Bind(1, device.DeviceId).Bind(2, issued).Bind(3, device.HardwareClass);
            if (image is null) write.Bind(4, (string?)null);
            else write.Bind(4, numbers.TryGetValue(image, out var number) ? number : numbers[image] = NumberOf(connection, image));
            write.Execute();
        }
    }

    /// <summary>The two newest, the newest first; empty: nothing was ever said of it.</summary>
    public static IReadOnlyList<DirectorRow> Read(SqliteConnection connection, string deviceId)
    {
        using var select = new BoundStatement(
            connection,
            "SELECT version, issued_at_us, hardware, image, earlier_issued_at_us, earlier_hardware, earlier_image FROM director WHERE device = ?1");
        if (!select.Bind(1, deviceId).Step()) return [];
        var newest = Row(select.Number(0), 1);
        return select.IsNull(4) ? [newest] : [newest, Row(select.Number(0) - 1, 4)];

        DirectorRow Row(long version, int column) => new(
            deviceId, version, DateTimeOffset.UnixEpoch.AddMicroseconds(select.Number(column)), select.Text(column + 1)!,
            select.IsNull(column + 2) ? null : Image(connection, select.Number(column + 2)));
    }

    /// <summary>Target paths that some device is told, or was before its last change.</summary>
    public static IReadOnlySet<string> Paths(SqliteConnection connection)
    {
        using var select = new BoundStatement(
            connection, "SELECT path FROM director_images WHERE id IN (SELECT image FROM director UNION SELECT earlier_image FROM director)");
        var paths = new HashSet<string>(StringComparer.Ordinal);
        while (select.Step()) paths.Add(select.Text(0)!);
        return paths;
    }

    private static long NumberOf(SqliteConnection connection, TargetFile image)
    {
        using var add = new BoundStatement(
            connection,
            "INSERT INTO director_images (path, length, hashes) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET path = ?1 RETURNING id");
        add.Bind(1, image.Path).Bind(2, image.Length).Bind(3, JsonSerializer.Serialize(image.Hashes)).Step();
        var number = add.Number(0);
        add.Reset();
        return number;
    }

    private static TargetFile Image(SqliteConnection connection, long number)
    {
        using var select = new BoundStatement(connection, "SELECT path, length, hashes FROM director_images WHERE id = ?1");
        if (!select.Bind(1, number).Step()) throw new InvalidOperationException($"redistribution.db has no image {number}");
        return new TargetFile(select.Text(0)!, select.Number(1), JsonSerializer.Deserialize<Dictionary<string, string>>(select.Text(2)!)!, null);
    }
}
