using System.Collections.Concurrent;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Chunks;
using Hmas.Contracts.Wire;
using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Artefacts as chunks by hash. An artefact is cut when its list is first asked for; the list stays beside the artefacts, the bytes
/// stand in the artefact only.</summary>
internal sealed class PackageChunks(ArtefactRegistry registry, ArtefactTable table, ArtefactFolder folder) : IDisposable
{
    private const string Ending = ".hmcl";

    private readonly ConcurrentDictionary<string, (string Digest, Chunk Chunk)> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    // Cutting a large file takes a good part of a second: one at a time, however many devices ask.
    private readonly SemaphoreSlim _cutting = new(1);

    /// <summary>The list's file; null when there is no such artefact.</summary>
    public async Task<string?> ListAsync(string digest, CancellationToken cancellation)
    {
        if (await registry.PathAsync(digest, cancellation) is not { } artefact) return null;
        var path = Path.Combine(folder.Chunks, ArtefactDigest.Hex(digest) + Ending);
        await _cutting.WaitAsync(cancellation);
        try
        {
            if (!File.Exists(path))
            {
                await using var file = File.OpenRead(artefact);
                var chunks = await Task.Run(() => ChunkList.Of(file), cancellation);
                Directory.CreateDirectory(folder.Chunks);
                AtomicFile.Write(path, ChunkList.Write(chunks));
            }

            Learn(path, digest);
        }
        finally
        {
            _cutting.Release();
        }

        return path;
    }

    /// <summary>A chunk's bytes; null when no artefact that is here has it, as far as one was cut.</summary>
    public async Task<byte[]?> FindAsync(string hash, CancellationToken cancellation)
    {
        if (!_places.ContainsKey(hash)) await LearnAllAsync(cancellation);
        if (!_places.TryGetValue(hash, out var place)) return null;
        if (await registry.PathAsync(place.Digest, cancellation) is not { } artefact) return null;
        using var file = File.OpenHandle(artefact);
        var bytes = new byte[place.Chunk.Length];
        return await RandomAccess.ReadAsync(file, bytes, place.Chunk.Offset, cancellation) == bytes.Length && ChunkList.HashOf(bytes) == hash
            ? bytes : null;
    }

    /// <summary>Forgets lists of artefacts that are gone.</summary>
    public void Trim(Func<string, bool> isListed)
    {
        foreach (var (path, digest) in Lists())
        {
            if (!isListed(digest)) File.Delete(path);
        }

        foreach (var (hash, place) in _places)
        {
            if (!isListed(place.Digest)) _places.TryRemove(hash, out _);
        }
    }

    public void Dispose() => _cutting.Dispose();

    /// <summary>Lists from before this hub's start, or of another hub on the same folder.</summary>
    private async Task LearnAllAsync(CancellationToken cancellation)
    {
        await _cutting.WaitAsync(cancellation);
        try
        {
            foreach (var (path, digest) in Lists()) Learn(path, digest);
        }
        finally
        {
            _cutting.Release();
        }
    }

    private void Learn(string path, string digest)
    {
        if (table.Find(digest) is not { } artefact || !_known.Add(digest)) return;
        try
        {
            foreach (var chunk in ChunkList.Read(File.ReadAllBytes(path), artefact.Bytes)) _places[chunk.Hash] = (digest, chunk);
        }
        catch (WireFormatException)
        {
            // Cut anew when it is asked for next.
            File.Delete(path);
            _known.Remove(digest);
        }
    }

    private IEnumerable<(string Path, string Digest)> Lists() => Directory.Exists(folder.Chunks)
        ? Directory.EnumerateFiles(folder.Chunks, "*" + Ending).Select(static path => (path, $"sha256:{Path.GetFileNameWithoutExtension(path)}"))
        : [];
}
