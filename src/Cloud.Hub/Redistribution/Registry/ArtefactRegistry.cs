using System.Security.Cryptography;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Artefacts by digest: files in a folder, their list in <c>redistribution.db</c>. An entry never changes, but for its quarantine.</summary>
internal sealed class ArtefactRegistry(
    ArtefactTable table, ArtefactFolder folder, ImageRepository images, RedistributionMetrics metrics, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<ArtefactRegistry> logger)
    : IArtefactRegistry, IModelQuarantine
{
    public async Task<ArtefactEntry> AddAsync(ArtefactUpload upload, Stream content, CancellationToken cancellation)
    {
        ArtefactRules.Require(upload);
        using var file = await folder.ReceiveAsync(content, ArtefactRules.MaxBytes(upload.Kind, options.Value.MaxArtefactBytes), cancellation);
        upload = ArtefactRules.Require(upload, file, table.Find);
        if (table.Find(file.Digest) is null) await folder.PutAsync(file.Digest, file, cancellation);
        var release = upload.Release ?? table.Find(file.Digest)?.Release ?? await table.NextReleaseAsync(upload.Kind, upload.Name, cancellation);
        return await ListAsync(new ArtefactEntry(file.Digest, upload.Kind, upload.Name, release, file.Bytes, upload.HardwareClasses, time.GetUtcNow(), upload.AddedBy, Quarantined: false), null, cancellation);
    }

    public Task<ArtefactEntry?> FindAsync(string digest, CancellationToken cancellation) => Task.FromResult(table.Find(digest));

    public Task<IReadOnlyList<ArtefactEntry>> ListAsync(ArtefactKind? kind, CancellationToken cancellation) => Task.FromResult(table.List(kind));

    /// <summary>Lists a file that is in the folder, and has the image repository vouch for it.</summary>
    /// <param name="manifest">Of a model; null otherwise.</param>
    public async Task<ArtefactEntry> ListAsync(ArtefactEntry entry, byte[]? manifest, CancellationToken cancellation)
    {
        var (stored, isNew) = await table.InsertAsync(entry, manifest, cancellation);
        // Also for an old one: the hub may have been killed between the two.
        if (images.IsHeldHere && images.Find(stored) is null) images.Vouch([await TargetAsync(stored, folder.PathOf(stored.Digest), cancellation)]);
        if (!isNew) return stored;
        metrics.Added(stored.Kind);
        logger.ArtefactRegistered(stored.Kind, stored.Name, stored.Release, stored.Digest, stored.Bytes, stored.AddedBy);
        return stored;
    }

    /// <summary>The artefact's file; null when there is none.</summary>
    public string? PathOf(string digest)
    {
        if (!ArtefactDigest.IsValid(digest) || table.Find(digest) is null) return null;
        var path = folder.PathOf(digest);
        if (File.Exists(path)) return path;
        logger.ArtefactMissing(digest, path);
        return null;
    }

    /// <summary>Has the image repository vouch for artefacts that were listed before it was there, or before the hub was killed.</summary>
    public async Task VouchForAllAsync(CancellationToken cancellation)
    {
        if (!images.IsHeldHere) return;
        var missing = new List<TargetFile>();
        foreach (var entry in table.List(null))
        {
            if (images.Find(entry) is null && PathOf(entry.Digest) is { } path) missing.Add(await TargetAsync(entry, path, cancellation));
        }

        images.Vouch(missing);
    }

    public async Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation)
    {
        if (table.Find(digest) is null) return false;
        if (!await table.QuarantineAsync(digest, reason, cancellation)) return true;
        metrics.Quarantined();
        logger.ArtefactQuarantined(digest, reason);
        return true;
    }

    private static async Task<TargetFile> TargetAsync(ArtefactEntry entry, string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return ArtefactTarget.Image(entry.Kind, entry.Name, entry.Release, entry.Digest, entry.Bytes, await SHA256.HashDataAsync(file, cancellation), entry.HardwareClasses);
    }
}
