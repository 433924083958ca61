using Edge.Agent.Models;
using Hmas.Contracts.Chunks;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Chunks of what the device holds: packages of its slots, which were verified when they came, and its program. Any thread.</summary>
/// <param name="program">File of the agent that the hub brought; null: none.</param>
internal sealed class HeldChunks(ModelSlots slots, string? program)
{
    private readonly Lock _gate = new();
    private string _files = "";
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
                using var file = File.OpenHandle(place.File);
                var bytes = new byte[place.Chunk.Length];
                return RandomAccess.Read(file, bytes, place.Chunk.Offset) == bytes.Length && ChunkList.HashOf(bytes) == hash ? bytes : null;
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
        string?[] packages = [current.Active?.Digest, current.Previous?.Digest, current.Standby?.Digest];
        List<string> files = [.. packages.OfType<string>().Select(slots.Packages.PathOf).Where(File.Exists)];
        if (program is not null) files.Add(program);
        var names = string.Join('\n', files);
        if (names == _files) return;
        var places = new Dictionary<string, Place>(StringComparer.Ordinal);
        foreach (var path in files)
        {
            using var file = File.OpenRead(path);
            foreach (var chunk in ChunkList.Of(file)) places[chunk.Hash] = new Place(path, chunk);
        }

        (_files, _places) = (names, places);
    }

    private sealed class Place(string file, Chunk chunk)
    {
        public string File { get; } = file;

        public Chunk Chunk { get; } = chunk;
    }
}
