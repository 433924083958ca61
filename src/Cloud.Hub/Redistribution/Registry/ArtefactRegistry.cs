using System.Security.Cryptography;
using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Artefacts by digest: files in a folder, their list in <c>redistribution.db</c>. An entry never changes, but for its quarantine.</summary>
internal sealed class ArtefactRegistry(
    ArtefactTable table, ArtefactFolder folder, ArtefactBucket bucket, ImageRepository images, RedistributionMetrics metrics,
    IOptions<RedistributionOptions> options, TimeProvider time, ILogger<ArtefactRegistry> logger)
    : IArtefactRegistry, IModelQuarantine
{
    public async Task<ArtefactEntry> AddAsync(ArtefactUpload upload, Stream content, CancellationToken cancellation)
    {
        ArtefactRules.Require(upload);
        using var file = await folder.ReceiveAsync(content, ArtefactRules.MaxBytes(upload.Kind, options.Value.MaxArtefactBytes), cancellation);
        upload = await ArtefactRules.RequireAsync(upload, file, digest => table.HoldAsync(digest, cancellation));
        var release = upload.Release ?? table.Find(file.Digest)?.Release ?? await table.NextReleaseAsync(upload.Kind, upload.Name, cancellation);
        var entry = new ArtefactEntry(
            file.Digest, upload.Kind, upload.Name, release, file.Bytes, upload.HardwareClasses, time.GetUtcNow(), upload.AddedBy, Quarantined: false);
        return await ListAsync(
            entry, new ArtefactSource(Licence: upload.Licence), () => folder.PutAsync(file.Digest, file, cancellation), cancellation);
    }

    public Task<ArtefactEntry?> FindAsync(string digest, CancellationToken cancellation) => Task.FromResult(table.Find(digest));

    public Task<IReadOnlyList<ArtefactEntry>> ListAsync(ArtefactKind? kind, CancellationToken cancellation) => Task.FromResult(table.List(kind));

    /// <summary>An artefact that is about to be used, which it may be from here on without being
    /// collected meanwhile; null when there is none.</summary>
    public Task<ArtefactEntry?> HoldAsync(string digest, CancellationToken cancellation) => table.HoldAsync(digest, cancellation);

    public async Task<ArtefactDetails?> DetailsAsync(string digest, CancellationToken cancellation)
    {
        if (table.Find(digest) is not { } entry || table.Beside(digest) is not { } beside) return null;
        var manifest = table.Manifest(digest) is { } json ? JsonSerializer.Deserialize(json, ContractsJson.Default.ModelManifest) : null;
        var facts = beside.Facts is { } text ? JsonSerializer.Deserialize<ModelFacts>(text, RedistributionJson.Options) : null;
        return new ArtefactDetails(
            entry, beside.Licence, images.Find(entry) is not null, beside.CondemnedAt, table.Approvals(digest), facts, manifest?.Lineage,
            manifest?.Metrics, (await BundleAsync(entry, cancellation))?.Parts);
    }

    public Task<bool> ApproveAsync(string digest, string who, string note, CancellationToken cancellation) =>
        table.ApproveAsync(digest, new Approval(who, time.GetUtcNow(), note), cancellation);

    /// <summary>What a bundle brings; null when it is none.</summary>
    public async Task<BundleManifest?> BundleAsync(ArtefactEntry entry, CancellationToken cancellation) =>
        entry.Kind == ArtefactKind.Bundle && await PathAsync(entry.Digest, cancellation) is { } path
        ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(path, cancellation), ContractsJson.Default.BundleManifest)
        : null;

    /// <summary>Puts a file into the folder, lists it, and has the image repository vouch for it.</summary>
    public async Task<ArtefactEntry> ListAsync(ArtefactEntry entry, ArtefactSource source, Func<Task> put, CancellationToken cancellation)
    {
        ArtefactEntry stored;
        bool isNew;
        // Nothing is swept between the file and its row.
        using (await folder.EnterAsync(cancellation))
        {
            if (!File.Exists(folder.PathOf(entry.Digest))) await put();
            if (bucket.IsThere) await bucket.PutAsync(entry.Digest, folder.PathOf(entry.Digest), cancellation);
            (stored, isNew) = await table.InsertAsync(entry, source, cancellation);
        }

        // Also for an old one: the hub may have been killed between the two.
        if (images.IsHeldHere && images.Find(stored) is null) images.Vouch([await TargetAsync(stored, folder.PathOf(stored.Digest), cancellation)]);
        if (!isNew) return stored;
        metrics.Added(stored.Kind);
        logger.ArtefactRegistered(stored.Kind, stored.Name, stored.Release, stored.Digest, stored.Bytes, stored.AddedBy);
        return stored;
    }

    /// <summary>The artefact's file, from the bucket when the disk has lost it; null when there is none.</summary>
    public async Task<string?> PathAsync(string digest, CancellationToken cancellation)
    {
        if (!ArtefactDigest.IsValid(digest) || table.Find(digest) is not { } entry) return null;
        var path = folder.PathOf(digest);
        if (File.Exists(path) || (bucket.IsThere && await RestoreAsync(entry, cancellation))) return path;
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
            if (images.Find(entry) is null && await PathAsync(entry.Digest, cancellation) is { } path)
                missing.Add(await TargetAsync(entry, path, cancellation));
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

    /// <summary>False: the bucket has not these bytes.</summary>
    private async Task<bool> RestoreAsync(ArtefactEntry entry, CancellationToken cancellation)
    {
        // A model is named by its manifest; the hash of its whole file stands in what was vouched for.
        var hash = entry.Kind != ArtefactKind.Model ? ArtefactDigest.Hex(entry.Digest)
            : images.Find(entry)?.Hashes.GetValueOrDefault("sha256");
        using var turn = await folder.EnterAsync(cancellation);
        if (File.Exists(folder.PathOf(entry.Digest))) return true;
        var isRight = await folder.TryPutAsync(
            entry.Digest,
            async to => await bucket.TryReadAsync(entry.Digest, to, cancellation) && to.Length == entry.Bytes
                && await IsAsync(to, hash, cancellation));
        if (isRight) logger.ArtefactRestored(entry.Digest);
        return isRight;
    }

    private static async Task<bool> IsAsync(Stream file, string? hash, CancellationToken cancellation)
    {
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellation)) == hash;
    }

    private static async Task<TargetFile> TargetAsync(ArtefactEntry entry, string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
        return ArtefactTarget.Image(
            entry.Kind, entry.Name, entry.Release, entry.Digest, entry.Bytes, await SHA256.HashDataAsync(file, cancellation), entry.HardwareClasses);
    }
}
