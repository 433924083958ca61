using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Deltas;
using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>A package as its difference from one that a device has: made when first asked for, kept beside the packages.</summary>
internal sealed class PackageDeltas(ArtefactRegistry registry, ArtefactFolder folder) : IDisposable
{
    /// <summary>A delta must save at least a fifth; below that the whole file is simpler.</summary>
    private const double WorthShare = 0.8;

    // Matching two large files takes seconds of one core: one at a time, however many devices ask.
    private readonly SemaphoreSlim _making = new(1);

    /// <summary>The delta's file; null when one of the two is unknown, or a delta saves too little.</summary>
    public async Task<string?> PathAsync(string from, string to, CancellationToken cancellation)
    {
        if (registry.PathOf(from) is not { } old || registry.PathOf(to) is not { } next) return null;
        var path = Path.Combine(folder.Deltas, $"{ArtefactDigest.Hex(from)}-{ArtefactDigest.Hex(to)}.hmdl");
        await _making.WaitAsync(cancellation);
        try
        {
            if (!File.Exists(path)) await MakeAsync(old, next, path, cancellation);
        }
        finally
        {
            _making.Release();
        }

        // An empty file says that this pair was tried and is not worth it.
        return new FileInfo(path).Length > 0 ? path : null;
    }

    public void Dispose() => _making.Dispose();

    private static async Task MakeAsync(string old, string next, string path, CancellationToken cancellation)
    {
        var (before, after) = (await File.ReadAllBytesAsync(old, cancellation), await File.ReadAllBytesAsync(next, cancellation));
        var delta = await Task.Run(() => DeltaCodec.Encode(before, after), cancellation);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, delta.Length <= WorthShare * after.Length ? delta : []);
    }
}
