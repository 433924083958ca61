using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Retention;

/// <summary>Brings the bucket to what the registry lists: puts in what is missing, since a hub was killed or the bucket came later, and deletes
/// what nothing lists, but for what is young.</summary>
internal sealed class BucketSweep(
    ArtefactBucket bucket, ArtefactTable table, ArtefactFolder folder, PackageChunks chunks, IOptions<RedistributionOptions> options)
{
    public async Task SweepAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        if (!bucket.IsThere) return;
        var listed = Listed();
        var chunksOfListed = await ChunksOfAsync(listed, cancellation);
        // Nothing is added between the list and what is deleted by it; what was added since is for the next sweep.
        using var turn = await folder.EnterAsync(cancellation);
        if (!Listed().SequenceEqual(listed)) return;
        var there = await bucket.ListAsync(ArtefactBucket.Artefacts, cancellation);
        var known = there.Select(static entry => entry.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var digest in listed.Where(digest => !known.Contains(KeyOf(digest)) && File.Exists(folder.PathOf(digest))))
            await bucket.PutAsync(digest, folder.PathOf(digest), cancellation);

        var kept = listed.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        await DeleteAsync(there, kept, now, cancellation);
        if (chunksOfListed is null) return;
        await DeleteAsync(await bucket.ListAsync(ArtefactBucket.Chunks, cancellation), chunksOfListed, now, cancellation);
    }

    private static string KeyOf(string digest) => ArtefactBucket.Artefacts + ArtefactDigest.Hex(digest);

    private List<string> Listed() => [.. table.List(null).Select(static entry => entry.Digest).Order(StringComparer.Ordinal)];

    /// <summary>Null: one of the artefacts is nowhere, so what its chunks are is not known.</summary>
    private async Task<HashSet<string>?> ChunksOfAsync(IEnumerable<string> listed, CancellationToken cancellation)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var digest in listed)
        {
            if (await chunks.ListAsync(digest, cancellation) is not { } path || table.Find(digest) is not { } entry) return null;
            foreach (var chunk in ChunkList.Read(await File.ReadAllBytesAsync(path, cancellation), entry.Bytes))
                keys.Add(ArtefactBucket.Chunks + chunk.Hash);
        }

        return keys;
    }

    private async Task DeleteAsync(
        IEnumerable<(string Key, DateTimeOffset WrittenAt)> there, HashSet<string> kept, DateTimeOffset now, CancellationToken cancellation)
    {
        foreach (var (key, writtenAt) in there)
        {
            if (!kept.Contains(key) && now - writtenAt >= options.Value.CollectAfter) await bucket.DeleteAsync(key, cancellation);
        }
    }
}
