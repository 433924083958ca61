using System.Collections.Concurrent;
using Cloud.Hub.Host;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Every enrolled device with its credential: on disk first, then in memory, where reads are
/// served. Twins are grains (<see cref="IDeviceTwinGrain"/>).</summary>
/// <remarks>Changes run in the store's single writer, so a read-modify-write needs no lock. Thread-safe; the
/// ingest path asks here for every message and waits for nobody.</remarks>
internal sealed class DeviceRegistry : IAsyncDisposable
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, EnrolledDevice> _devices;
    private readonly Lock _ordering = new();
    private IReadOnlyList<string>? _order;

    public DeviceRegistry(HubPaths paths, TimeProvider time, ILogger<DeviceRegistry> logger)
    {
        _time = time;
        _database = Database.Open(paths.Database("communication"), CommunicationSchema.Migrations, logger: logger);
        _devices = new ConcurrentDictionary<string, EnrolledDevice>(_database.Read(Load));
    }

    public DatabaseHealth Health => _database.Health;

    public ICollection<EnrolledDevice> All => _devices.Values;

    /// <summary>Ids by site, then by device. Sorted when somebody asks after a device was enrolled.</summary>
    public IReadOnlyList<string> InOrder
    {
        get
        {
            lock (_ordering)
            {
                return _order ??= [.. _devices.Values.OrderBy(static device => device.SiteId, StringComparer.Ordinal)
                    .ThenBy(static device => device.DeviceId, StringComparer.Ordinal).Select(static device => device.DeviceId)];
            }
        }
    }

    public EnrolledDevice? Find(string deviceId) => _devices.GetValueOrDefault(deviceId);

    public bool IsSecretOf(string deviceId, ReadOnlySpan<byte> password) => DeviceSecret.Matches(Find(deviceId)?.SecretHash, password);

    /// <summary>Adds a device or gives it a new secret; its twin stays.</summary>
    /// <exception cref="ArgumentException">It belongs to another site.</exception>
    public async Task EnrolAsync(string siteId, string deviceId, byte[] secretHash, CancellationToken cancellation)
    {
        await _database.WriteAsync(
            connection =>
            {
                if (Read(connection, deviceId) is { } known && known.SiteId != siteId)
                    throw new ArgumentException($"device '{deviceId}' is enrolled at site '{known.SiteId}', not '{siteId}'");
                Write(connection, new EnrolledDevice(siteId, deviceId, secretHash));
            },
            cancellation);
        // Commits complete in order, yet their continuations may not: what memory shows is what the file holds.
        var stored = _database.Read(connection => Read(connection, deviceId))!;
        _devices.AddOrUpdate(deviceId, stored, (_, known) => stored with { LastSeen = known.LastSeen });
        // A sort that runs now may have missed it.
        lock (_ordering) _order = null;
    }

    /// <summary>Notes a sign of life; in memory only.</summary>
    public void Seen(string deviceId)
    {
        // Once a second is as fine as people need it, and spares a record per message.
        var now = _time.GetUtcNow();
        if (_devices.TryGetValue(deviceId, out var known) && (known.LastSeen is not { } last || now - last >= TimeSpan.FromSeconds(1)))
            _devices.TryUpdate(deviceId, known with { LastSeen = now }, known);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static Dictionary<string, EnrolledDevice> Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT device_id, site_id, secret_hash FROM devices";
        using var reader = command.ExecuteReader();
        var devices = new Dictionary<string, EnrolledDevice>();
        while (reader.Read())
        {
            var device = From(reader);
            devices[device.DeviceId] = device;
        }

        return devices;
    }

    private static EnrolledDevice? Read(SqliteConnection connection, string deviceId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT device_id, site_id, secret_hash FROM devices WHERE device_id = $id";
        command.Parameters.AddWithValue("$id", deviceId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? From(reader) : null;
    }

    private static EnrolledDevice From(SqliteDataReader row) => new(row.GetString(1), row.GetString(0), row.GetFieldValue<byte[]>(2));

    private static void Write(SqliteConnection connection, EnrolledDevice device)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            "INSERT INTO devices (device_id, site_id, secret_hash) VALUES ($id, $site, $hash) ON CONFLICT (device_id) DO UPDATE SET secret_hash = $hash";
        command.Parameters.AddWithValue("$id", device.DeviceId);
        command.Parameters.AddWithValue("$site", device.SiteId);
        command.Parameters.AddWithValue("$hash", device.SecretHash);
        command.ExecuteNonQuery();
    }
}
