using Hmas.Contracts.Chunks;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Fetches what it can of a file chunk by chunk from what the device holds and from near by, and the rest from the hub.</summary>
/// <remarks>The hub, or a cache before it, says which chunks a file has; nothing signs that list. What grows is the beginning of the file, each
/// chunk verified before it is written, so the hub's part goes on where the chunks end, and a kill costs no more than it does there. A false
/// list makes a file that its digest refuses, and <see cref="CheckedFetch"/> fetches it once more, whole.</remarks>
internal sealed class ChunkModelSource(HttpModelSource hub, HeldChunks held, PeerChunks peers, ILogger logger) : IModelSource
{
    public async Task<bool> FetchAsync(ModelAssignment assignment, Stream part, CancellationToken ct)
    {
        if (await ListAsync(assignment, ct) is { } chunks) await GrowAsync(assignment, chunks, part, ct);
        return await hub.FetchAsync(assignment, part, ct);
    }

    private async Task<IReadOnlyList<Chunk>?> ListAsync(ModelAssignment assignment, CancellationToken ct)
    {
        if (await hub.TryReadAsync(assignment, "/chunks", ChunkList.LengthOf(assignment.PackageBytes), ct) is not { } list) return null;
        try
        {
            return ChunkList.Read(list, assignment.PackageBytes);
        }
        catch (WireFormatException error)
        {
            logger.ChunksRefused(assignment.Digest, error.Message);
            return null;
        }
    }

    private async Task GrowAsync(ModelAssignment assignment, IReadOnlyList<Chunk> chunks, Stream part, CancellationToken ct)
    {
        var asked = peers.Usable(await hub.TryReadAsync(assignment, "/peers", PeerChunks.MaxToldBytes, ct));
        var (near, own) = (0L, 0L);
        for (var i = Verified(part, chunks); i < chunks.Count; i++)
        {
            var mine = held.Find(chunks[i].Hash);
            if ((mine ?? await peers.TryReadAsync(asked, chunks[i], ct)) is not { } bytes) break;
            if (mine is null) near += bytes.Length;
            else own += bytes.Length;
            HttpModelSource.ToDisk(() => part.Write(bytes));
        }

        if (near + own > 0) logger.ChunksNear(assignment.Digest, near, own, assignment.PackageBytes);
    }

    /// <summary>How many chunks the part begins with; what is behind them is cut off.</summary>
    private static int Verified(Stream part, IReadOnlyList<Chunk> chunks)
    {
        part.Position = 0;
        var buffer = new byte[ChunkList.ChunkBytes];
        var count = 0;
        foreach (var chunk in chunks)
        {
            var bytes = buffer.AsSpan(0, chunk.Length);
            if (part.ReadAtLeast(bytes, chunk.Length, throwOnEndOfStream: false) < chunk.Length || ChunkList.HashOf(bytes) != chunk.Hash) break;
            count++;
        }

        part.SetLength(count < chunks.Count ? chunks[count].Offset : part.Position);
        part.Seek(0, SeekOrigin.End);
        return count;
    }
}
