using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Storage;
using Hmas.Trust;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Models by digest: packages in a folder, their list in <c>redistribution.db</c>. An entry never changes, but for its quarantine.</summary>
internal sealed class ModelRegistry(
    HubPaths paths, RegistryTables tables, RegistryKey key, ImageRepository images, EventBus bus, RedistributionMetrics metrics, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<ModelRegistry> logger)
    : IModelRegistry, IModelQuarantine
{
    private const string Columns = "digest, manifest, package_bytes, added_at_us, added_by, quarantine_reason IS NOT NULL";

    private readonly Database _database = tables.Database;
    private readonly PackageFolder _packages = new(paths.Folder("artefacts"));
    private readonly PackageLimits _limits = new() { MaxPackageBytes = options.Value.MaxPackageBytes };

    /// <remarks>Each call gives another number, so that two runs at the same time do not collide; one that is never added leaves a gap.</remarks>
    public Task<long> NextReleaseAsync(string name, CancellationToken cancellation)
    {
        Ids.Require(name, "model name");
        return _database.WriteAsync(
            connection => Scalar(
                connection,
                "INSERT INTO releases (name, last) VALUES ($name, 1 + coalesce((SELECT max(release) FROM models WHERE name = $name), 0)) "
                + "ON CONFLICT (name) DO UPDATE SET last = max(last, coalesce((SELECT max(release) FROM models WHERE name = $name), 0)) + 1 RETURNING last",
                ("$name", name)),
            cancellation);
    }

    /// <exception cref="FormatException">The name is no id.</exception>
    /// <exception cref="PackageException">Manifest and model do not fit each other, or are too large.</exception>
    /// <exception cref="InferenceException">ONNX Runtime refuses the model, or its tensors are not those of the manifest.</exception>
    /// <exception cref="ArgumentException">The release of this name is another model already.</exception>
    public async Task<ModelEntry> AddAsync(ModelManifest manifest, ReadOnlyMemory<byte> onnx, string addedBy, CancellationToken cancellation)
    {
        Ids.Require(manifest.Name, "model name");
        var manifestJson = JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest);
        var digest = ModelPackage.DigestOf(manifestJson);
        var package = ModelPackage.Write(manifestJson, [key.Sign(manifestJson)], onnx.Span);
        // What a device would refuse is refused here.
        _ = ModelPackage.Verify(package, digest, [key.PublicKey], _limits);
        new Detector(manifest, onnx.Span, new SessionSettings()).Dispose();

        if (!File.Exists(_packages.PathOf(digest))) _packages.Put(digest, package);
        var entry = new ModelEntry(digest, manifest, package.Length, time.GetUtcNow(), addedBy, Quarantined: false);
        var (stored, isNew) = await _database.WriteAsync(connection => Insert(connection, entry, manifestJson), cancellation);
        // Also for an old one: the hub may have been killed between the two.
        images.Vouch([ModelTarget.Image(manifest.Name, manifest.Release, digest, package)]);
        if (!isNew) return stored;
        metrics.Added();
        logger.ModelRegistered(manifest.Name, manifest.Release, digest, package.Length, addedBy);
        bus.Publish(new Bus.ModelRegistered(digest, manifest));
        return stored;
    }

    public Task<ModelEntry?> FindAsync(string digest, CancellationToken cancellation) => Task.FromResult(_database.Read(connection => Find(connection, digest)));

    /// <summary>The one model of a name that has this release; null when there is none.</summary>
    public ModelEntry? FindRelease(string name, long release) => _database.Read(connection =>
    {
        using var command = Command(connection, $"SELECT {Columns} FROM models WHERE name = $name AND release = $release", ("$name", name), ("$release", release));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Entry(reader) : null;
    });

    /// <summary>Has the image repository vouch for models that were listed before it was there, or before the hub was killed.</summary>
    public async Task VouchForAllAsync(CancellationToken cancellation)
    {
        if (!images.IsHeldHere) return;
        var missing = new List<TargetFile>();
        foreach (var entry in await ListAsync(cancellation))
        {
            if (images.Find(entry) is null && await PackageAsync(entry.Digest, cancellation) is { } package)
                missing.Add(ModelTarget.Image(entry.Manifest.Name, entry.Manifest.Release, entry.Digest, package.Span));
        }

        images.Vouch(missing);
    }

    public Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellation) => Task.FromResult(_database.Read<IReadOnlyList<ModelEntry>>(connection =>
    {
        using var command = Command(connection, $"SELECT {Columns} FROM models ORDER BY added_at_us DESC, release DESC");
        using var reader = command.ExecuteReader();
        var entries = new List<ModelEntry>();
        while (reader.Read()) entries.Add(Entry(reader));
        return entries;
    }));

    public async Task<ReadOnlyMemory<byte>?> PackageAsync(string digest, CancellationToken cancellation)
    {
        var path = await PackagePathAsync(digest, cancellation);
        if (path is null) return null;    // not in a conditional expression: there null would be an array's, and so an empty package
        return await File.ReadAllBytesAsync(path, cancellation);
    }

    /// <summary>The package's file; null when there is none.</summary>
    public async Task<string?> PackagePathAsync(string digest, CancellationToken cancellation)
    {
        if (!PackageFolder.IsDigest(digest) || await FindAsync(digest, cancellation) is null) return null;
        var path = _packages.PathOf(digest);
        if (File.Exists(path)) return path;
        logger.PackageMissing(digest, path);
        return null;
    }

    public async Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation)
    {
        if (await FindAsync(digest, cancellation) is not { } entry) return false;
        if (entry.Quarantined) return true;
        var changed = await _database.WriteAsync(
            connection =>
            {
                using var command = Command(connection, "UPDATE models SET quarantine_reason = $reason WHERE digest = $digest AND quarantine_reason IS NULL", ("$digest", digest), ("$reason", reason));
                return command.ExecuteNonQuery();
            },
            cancellation);
        if (changed > 0)
        {
            metrics.Quarantined();
            logger.ModelQuarantined(digest, reason);
        }

        return true;
    }

    private static (ModelEntry Entry, bool IsNew) Insert(SqliteConnection connection, ModelEntry entry, byte[] manifestJson)
    {
        if (Find(connection, entry.Digest) is { } stored) return (stored, false);
        var manifest = entry.Manifest;
        using (var taken = Command(connection, "SELECT digest FROM models WHERE name = $name AND release = $release", ("$name", manifest.Name), ("$release", manifest.Release)))
        {
            if (taken.ExecuteScalar() is string other) throw new ArgumentException($"release {manifest.Release} of {manifest.Name} is {other} already");
        }

        using var command = Command(
            connection,
            "INSERT INTO models (digest, name, release, manifest, package_bytes, added_at_us, added_by) VALUES ($digest, $name, $release, $manifest, $bytes, $at, $by)",
            ("$digest", entry.Digest), ("$name", manifest.Name), ("$release", manifest.Release), ("$manifest", manifestJson),
            ("$bytes", entry.PackageBytes), ("$at", entry.AddedAt.ToUnixTimeMilliseconds() * 1000), ("$by", entry.AddedBy));
        command.ExecuteNonQuery();
        return (entry, true);
    }

    private static ModelEntry? Find(SqliteConnection connection, string digest)
    {
        using var command = Command(connection, $"SELECT {Columns} FROM models WHERE digest = $digest", ("$digest", digest));
        using var reader = command.ExecuteReader();
        return reader.Read() ? Entry(reader) : null;
    }

    private static ModelEntry Entry(SqliteDataReader row) => new(
        row.GetString(0), JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(1), ContractsJson.Default.ModelManifest)!,
        row.GetInt64(2), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3) / 1000), row.GetString(4), row.GetBoolean(5));

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        return command;
    }

    private static long Scalar(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
