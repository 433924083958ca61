using Edge.Agent.Models;
using Hmas.Contracts.Chunks;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Chunks of what the device holds: packages of its slots, which were verified when they came, and its program. Any thread.</summary>
/// <param name="program">File of the agent that the hub brought; null: none.</param>
internal sealed class HeldChunks(ModelSlots slots, string? program)
{
    private readonly Lock _gate = new();
    private string[] _indexed = [];
    private Dictionary<string, Place> _places = [];

    /// <summary>Null when the device does not hold it.</summary>
    public byte[]? Find(string hash)
    {
        try
        {
            lock (_gate)
            {
                Refresh();
                if (!_places.TryGetValue(hash, out var place)) return null;
                using var file = Open(place.Digest);
                if (file is null) return null;
                var bytes = new byte[place.Chunk.Length];
                file.Position = place.Chunk.Offset;
                return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && ChunkList.HashOf(bytes) == hash
                    ? bytes : null;
            }
        }
        catch (IOException)
        {
            // A slot let go of its package meanwhile.
            return null;
        }
    }

    private void Refresh()
    {
        var current = slots.Current;
        string[] digests = [.. new[] { current.Active, current.Previous, current.Standby }.OfType<SlotEntry>().Select(static slot => slot.Digest)];
        if (_places.Count > 0 && digests.SequenceEqual(_indexed)) return;
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var digest in (string?[])[.. digests, null])
        {
            using var file = Open(digest);
            if (file is null) continue;
            foreach (var chunk in ChunkList.Of(file)) places[chunk.Hash] = new Place(digest, chunk);
        }

        (_indexed, _places) = (digests, places);
    }

    /// <param name="digest">Of a package; null: the program.</param>
    private Stream? Open(string? digest) => digest is not null ? slots.Packages.Open(digest) : program is not null ? File.OpenRead(program) : null;

    private sealed class Place(string? digest, Chunk chunk)
    {
        public string? Digest { get; } = digest;

        public Chunk Chunk { get; } = chunk;
    }
}
