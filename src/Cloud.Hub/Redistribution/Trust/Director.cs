using System.Globalization;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Storage;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>Says which device gets what: one root for all, and for each device targets, snapshot and timestamp of its
/// own, which follow from one row and are signed when they are asked for.</summary>
internal sealed class Director : IDisposable
{
    private static readonly TimeSpan TimestampLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private readonly Database _database;
    private readonly DirectorRoot _root;
    private readonly TimeProvider _time;

    /// <exception cref="HubStartException">The key or its roots cannot be used.</exception>
    public Director(HubPaths paths, RegistryTables tables, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<Director> logger)
    {
        (_database, _time) = (tables.Database, time);
        _root = new DirectorRoot(paths.Folder("trust"), options.Value.OfflineDirector, time, logger);
    }

    public RoleHeader RootHeader => _root.Present.Header;

    /// <summary>Keepers renew the root, not this hub.</summary>
    public bool IsRootOffline => _root.IsOffline;

    /// <inheritdoc cref="DirectorRoot.Renew"/>
    public void Renew() => _root.Renew();

    /// <summary>What this device gets from now on; on disk when this returns. A repeat changes nothing.</summary>
    /// <param name="image">As the image repository states it; null: nothing.</param>
    public Task AssignAsync(DeviceIdentity device, TargetFile? image, CancellationToken cancellation) => AssignAsync([(device, image)], cancellation);

    /// <summary>The same for many devices, in one commit.</summary>
    public Task AssignAsync(IReadOnlyList<(DeviceIdentity Device, TargetFile? Image)> assignments, CancellationToken cancellation) =>
        _database.WriteAsync(connection => DirectorRows.Write(connection, assignments, _time.GetUtcNow(), isRenewal: false), cancellation);

    /// <summary>Target paths that some device is told, or was before its last change.</summary>
    public IReadOnlySet<string> Paths() => _database.Read(DirectorRows.Paths);

    /// <summary>A metadata file of a device; null when there is none.</summary>
    /// <param name="file"><c>N.root.json</c>, <c>timestamp.json</c>, <c>N.snapshot.json</c> or <c>N.targets.json</c>.</param>
    public async Task<byte[]?> FileAsync(string deviceId, string file, CancellationToken cancellation)
    {
        if (file == "timestamp.json") return await TimestampAsync(deviceId, cancellation);
        if (file.Split('.') is not [var digits, var role, "json"]
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return null;
        if (role == RootMetadata.Type) return _root.Find(version);
        if (Rows(deviceId).FirstOrDefault(row => row.Version == version) is not { } asked) return null;
        return role switch
        {
            TargetsMetadata.Type => Targets(asked),
            SnapshotMetadata.Type => Snapshot(asked),
            _ => null,
        };
    }

    public void Dispose() => _root.Dispose();

    private async Task<byte[]?> TimestampAsync(string deviceId, CancellationToken cancellation)
    {
        if (Rows(deviceId) is not [var newest, ..]) return null;
        if (_time.GetUtcNow() - newest.IssuedAt > TimestampLife / 2)
        {
            await _database.WriteAsync(
                connection => DirectorRows.Write(
                    connection, [(new DeviceIdentity(deviceId, newest.Hardware), newest.Image)], _time.GetUtcNow(), isRenewal: true), cancellation);
            newest = Rows(deviceId)[0];
        }

        return MetadataWriter.Sign(
            MetadataWriter.Timestamp(newest.Version, newest.IssuedAt + TimestampLife, newest.Version, Snapshot(newest)), _root.Key);
    }

    private byte[] Snapshot(DirectorRow row) =>
        MetadataWriter.Sign(MetadataWriter.Snapshot(row.Version, row.IssuedAt + Life, row.Version, Targets(row)), _root.Key);

    private byte[] Targets(DirectorRow row) => MetadataWriter.Sign(MetadataWriter.Targets(
        row.Version, row.IssuedAt + Life,
        row.Image is null ? [] : [ArtefactTarget.Assigned(row.Image, new DeviceIdentity(row.DeviceId, row.Hardware))]), _root.Key);

    private IReadOnlyList<DirectorRow> Rows(string deviceId) => _database.Read(connection => DirectorRows.Read(connection, deviceId));
}
