using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Retention;

/// <summary>Deletes artefacts that nothing needs, in two phases: condemned when nothing refers to them, deleted
/// when that is still so after a time and nobody held them since.</summary>
/// <remarks>
/// Why nothing referenced goes: whoever begins to use an artefact holds it first (<see cref="ArtefactTable.HoldAsync"/>),
/// which acquits it; the row is deleted only if it has been condemned all the time since,
/// in the same single-writer database. So a use either came before the last look, which saw it, or its hold comes before
/// the deletion, which then deletes nothing, or after it, and finds no artefact.
/// A kill in between leaves a name without a row, which is vouched for anew or withdrawn, or a file without a row, which the next sweep takes.
/// </remarks>
internal sealed class Collector(
    ArtefactRegistry registry, ArtefactTable table, ArtefactFolder folder, PackageDeltas deltas, PackageChunks chunks, ImageRepository images,
    References references, BucketSweep bucket, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<Collector> logger)
{
    /// <summary>Condemns, acquits and deletes.</summary>
    /// <returns>Digests that are gone.</returns>
    public async Task<IReadOnlyList<string>> CollectAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var entries = table.List(null);
        var needs = await NeedsAsync(entries, cancellation);
        var kept = RetentionRules.Kept(
            entries, await references.FindAsync(cancellation), digest => needs.GetValueOrDefault(digest) ?? [], now, options.Value.KeepFor,
            options.Value.KeepReleases);
        var due = table.Condemned().Where(pair => now - pair.Value >= options.Value.CollectAfter && !kept.Contains(pair.Key))
            .Select(static pair => pair.Key).ToHashSet(StringComparer.Ordinal);
        await table.JudgeAsync([.. entries.Select(static entry => entry.Digest).Where(digest => !kept.Contains(digest))], kept, now, cancellation);

        var gone = new List<string>();
        foreach (var entry in entries.Where(entry => due.Contains(entry.Digest)))
        {
            if (!await table.DeleteAsync(entry.Digest, now - options.Value.CollectAfter, cancellation)) continue;
            images.Withdraw(entry.TargetPath);
            gone.Add(entry.Digest);
            logger.ArtefactCollected(entry.Kind, entry.Name, entry.Release, entry.Digest);
        }

        await SweepAsync(now, cancellation);
        return gone;
    }

    /// <summary>Deletes files without a row, but for young ones, differences of what is gone, and names of what is gone.</summary>
    private async Task SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var (digest, writtenAt) in folder.Files())
        {
            if (now - writtenAt < options.Value.CollectAfter) continue;
            using var turn = await folder.EnterAsync(cancellation);
            if (table.Find(digest) is null) folder.Delete(digest);
        }

        await bucket.SweepAsync(now, cancellation);
        deltas.Trim(digest => table.Find(digest) is not null);
        chunks.Trim(digest => table.Find(digest) is not null);
        var listed = table.List(null).Select(static entry => entry.TargetPath).ToHashSet(StringComparer.Ordinal);
        foreach (var path in (images.State?.Targets.Targets.Keys ?? []).Where(path => !listed.Contains(path)).ToList()) images.Withdraw(path);
    }

    private async Task<Dictionary<string, string[]>> NeedsAsync(IReadOnlyList<ArtefactEntry> entries, CancellationToken cancellation)
    {
        var needs = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (entry.Kind == ArtefactKind.Model && table.ParentOf(entry.Digest) is { } parent) needs[entry.Digest] = [parent];
            else if (await registry.BundleAsync(entry, cancellation) is { } bundle)
                needs[entry.Digest] = [.. bundle.Parts.Select(static part => part.Digest)];
        }

        return needs;
    }
}
