using System.Text.Json;
using Hmas.Storage;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>Appends to the director's table: for each device the next version, and the two newest stay.</summary>
internal static class DirectorRows
{
    /// <param name="isRenewal">True: also what says the same as before gets a new version, whose lives begin now.</param>
    public static void Write(
        SqliteConnection connection, IReadOnlyList<(DeviceIdentity Device, TargetFile? Image)> assignments, DateTimeOffset now, bool isRenewal)
    {
        using var select = new BoundStatement(
            connection, "SELECT version, hardware, path, length, hashes FROM director WHERE device = ?1 ORDER BY version DESC LIMIT 1");
        using var insert = new BoundStatement(
            connection, "INSERT INTO director (device, version, issued_at_us, hardware, path, length, hashes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        using var delete = new BoundStatement(connection, "DELETE FROM director WHERE device = ?1 AND version < ?2");
        var issued = now.ToUnixTimeMilliseconds() * 1000;
        // Many devices get the same image.
        var hashes = new Dictionary<TargetFile, string>(ReferenceEqualityComparer.Instance);
        foreach (var (device, image) in assignments)
        {
            var wanted = (device.HardwareClass, image?.Path, image?.Length, Hashes: image is null
                ? null : hashes.TryGetValue(image, out var known) ? known : hashes[image] = JsonSerializer.Serialize(image.Hashes));
            long version = 1;
            if (select.Bind(1, device.DeviceId).Step())
            {
                version = select.Number(0) + 1;
                var says = (select.Text(1)!, select.Text(2), select.IsNull(3) ? (long?)null : select.Number(3), select.Text(4));
                select.Reset();
                if (!isRenewal && says == wanted) continue;
            }

            insert.Bind(1, device.DeviceId).Bind(2, version).Bind(3, issued).Bind(4, device.HardwareClass).Bind(5, image?.Path);
            if (image is null) insert.Bind(6, (string?)null);
            else insert.Bind(6, image.Length);
            insert.Bind(7, wanted.Hashes).Execute();
            if (version > 2) delete.Bind(1, device.DeviceId).Bind(2, version - 1).Execute();
        }
    }
}
