using System.Collections.Concurrent;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Every enrolled device with its twin: on disk first, then in memory, where reads are served.</summary>
/// <remarks>Changes run in the store's single writer, so a read-modify-write needs no lock. Thread-safe.</remarks>
internal sealed class DeviceRegistry : IAsyncDisposable
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, DeviceState> _devices;

    public DeviceRegistry(HubPaths paths, TimeProvider time, ILogger<DeviceRegistry> logger)
    {
        _time = time;
        _database = Database.Open(paths.Database("communication"), CommunicationSchema.Migrations, logger: logger);
        _devices = new ConcurrentDictionary<string, DeviceState>(_database.Read(Load));
    }

    public DatabaseHealth Health => _database.Health;

    public ICollection<DeviceState> All => _devices.Values;

    public DeviceState? Find(string deviceId) => _devices.GetValueOrDefault(deviceId);

    public bool IsSecretOf(string deviceId, ReadOnlySpan<byte> password) => DeviceSecret.Matches(Find(deviceId)?.SecretHash, password);

    /// <summary>Adds a device or gives it a new secret; its twin stays.</summary>
    /// <exception cref="ArgumentException">It belongs to another site.</exception>
    public Task<DeviceState> EnrolAsync(string siteId, string deviceId, byte[] secretHash, CancellationToken cancellation) => ChangeAsync(
        deviceId,
        known => known is null || known.SiteId == siteId
            ? (known ?? new DeviceState(siteId, deviceId, secretHash)) with { SecretHash = secretHash }
            : throw new ArgumentException($"device '{deviceId}' is enrolled at site '{known.SiteId}', not '{siteId}'"),
        cancellation);

    /// <exception cref="UnknownDeviceException">Not enrolled.</exception>
    public Task<DeviceState> DesireAsync(string deviceId, Func<DesiredState, DesiredState> change, CancellationToken cancellation) => ChangeAsync(
        deviceId,
        known => known is null ? throw new UnknownDeviceException(deviceId) : known with { Desired = TwinRules.Next(known.Desired, change) },
        cancellation);

    /// <summary>False when it was no news.</summary>
    public async Task<bool> HeardAsync(string deviceId, Presence presence, CancellationToken cancellation)
    {
        if (Find(deviceId) is not { } device || !TwinRules.IsNews(device.Presence, presence)) return false;
        await ChangeAsync(deviceId, known => known! with { Presence = presence, LastSeen = _time.GetUtcNow() }, cancellation);
        return true;
    }

    /// <summary>False when it was no news.</summary>
    public async Task<bool> HeardAsync(string deviceId, ReportedState reported, CancellationToken cancellation)
    {
        if (Find(deviceId) is not { } device || !TwinRules.IsNews(device.Reported, reported)) return false;
        await ChangeAsync(deviceId, known => known! with { Reported = reported, LastSeen = _time.GetUtcNow() }, cancellation);
        return true;
    }

    /// <summary>Notes a sign of life; in memory only, the next document carries it to disk.</summary>
    public void Seen(string deviceId)
    {
        // Once a second is as fine as people need it, and spares a record per message.
        var now = _time.GetUtcNow();
        if (_devices.TryGetValue(deviceId, out var known) && (known.LastSeen is not { } last || now - last >= TimeSpan.FromSeconds(1)))
            _devices.TryUpdate(deviceId, known with { LastSeen = now }, known);
    }

    /// <summary>Nobody is connected to a broker that has just started.</summary>
    public Task ForgetOnlineAsync(CancellationToken cancellation) => Task.WhenAll(
        _devices.Values.Where(static device => device.Presence is { Online: true })
            .Select(device => ChangeAsync(device.DeviceId, static known => known! with { Presence = known.Presence! with { Online = false } }, cancellation)));

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task<DeviceState> ChangeAsync(string deviceId, Func<DeviceState?, DeviceState> change, CancellationToken cancellation)
    {
        DeviceState? changed = null;
        await _database.WriteAsync(
            connection =>
            {
                changed = change(Read(connection, deviceId));
                Write(connection, changed);
            },
            cancellation);
        // Commits complete in order, yet their continuations may not: what memory shows is what the file holds.
        return _devices.AddOrUpdate(deviceId, _ => changed!, (_, _) => _database.Read(connection => Read(connection, deviceId)) ?? changed!);
    }

    private static Dictionary<string, DeviceState> Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT device_id, site_id, secret_hash, desired, reported, presence, last_seen_us FROM devices";
        using var reader = command.ExecuteReader();
        var devices = new Dictionary<string, DeviceState>();
        while (reader.Read())
        {
            var device = From(reader);
            devices[device.DeviceId] = device;
        }

        return devices;
    }

    private static DeviceState? Read(SqliteConnection connection, string deviceId)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT device_id, site_id, secret_hash, desired, reported, presence, last_seen_us FROM devices WHERE device_id = $id";
        command.Parameters.AddWithValue("$id", deviceId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? From(reader) : null;
    }

    private static DeviceState From(SqliteDataReader row) => new(row.GetString(1), row.GetString(0), row.GetFieldValue<byte[]>(2))
    {
        Desired = row.IsDBNull(3) ? null : JsonSerializer.Deserialize(row.GetString(3), ContractsJson.Default.DesiredState),
        Reported = row.IsDBNull(4) ? null : JsonSerializer.Deserialize(row.GetString(4), ContractsJson.Default.ReportedState),
        Presence = row.IsDBNull(5) ? null : JsonSerializer.Deserialize(row.GetString(5), ContractsJson.Default.Presence),
        LastSeen = row.IsDBNull(6) ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(row.GetInt64(6)),
    };

    private static void Write(SqliteConnection connection, DeviceState device)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO devices (device_id, site_id, secret_hash, desired, reported, presence, last_seen_us) VALUES ($id, $site, $hash, $desired, $reported, $presence, $seen)
            ON CONFLICT (device_id) DO UPDATE SET secret_hash = $hash, desired = $desired, reported = $reported, presence = $presence, last_seen_us = $seen
            """;
        command.Parameters.AddWithValue("$id", device.DeviceId);
        command.Parameters.AddWithValue("$site", device.SiteId);
        command.Parameters.AddWithValue("$hash", device.SecretHash);
        command.Parameters.AddWithValue("$desired", device.Desired is { } desired ? JsonSerializer.Serialize(desired, ContractsJson.Default.DesiredState) : DBNull.Value);
        command.Parameters.AddWithValue("$reported", device.Reported is { } reported ? JsonSerializer.Serialize(reported, ContractsJson.Default.ReportedState) : DBNull.Value);
        command.Parameters.AddWithValue("$presence", device.Presence is { } presence ? JsonSerializer.Serialize(presence, ContractsJson.Default.Presence) : DBNull.Value);
        command.Parameters.AddWithValue("$seen", device.LastSeen is { } seen ? (seen - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond : DBNull.Value);
        command.ExecuteNonQuery();
    }
}
