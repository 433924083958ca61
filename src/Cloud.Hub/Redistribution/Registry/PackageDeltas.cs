using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Deltas;
using Hmas.Storage;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>An artefact as its difference from one that a device has: made when first asked for,
/// kept beside the artefacts within a byte bound.</summary>
internal sealed class PackageDeltas(ArtefactRegistry registry, ArtefactFolder folder, IOptions<RedistributionOptions> options, TimeProvider time)
    : IDisposable
{
    /// <summary>A delta must save at least a fifth; below that the whole file is simpler.</summary>
    private const double WorthShare = 0.8;

    private const string Ending = ".hmdl";

    // Matching two large files takes seconds of one core: one at a time, however many devices ask.
    private readonly SemaphoreSlim _making = new(1);

    /// <summary>The delta's file; null when one of the two is unknown or too large to match, or a delta saves too little.</summary>
    public async Task<string?> PathAsync(string from, string to, CancellationToken cancellation)
    {
        if (await registry.PathAsync(from, cancellation) is not { } old || await registry.PathAsync(to, cancellation) is not { } next) return null;
        if (Math.Max(new FileInfo(old).Length, new FileInfo(next).Length) > options.Value.MaxPackageBytes) return null;
        var path = Path.Combine(folder.Deltas, $"{ArtefactDigest.Hex(from)}-{ArtefactDigest.Hex(to)}{Ending}");
        await _making.WaitAsync(cancellation);
        try
        {
            if (!File.Exists(path))
            {
                await MakeAsync(old, next, path, cancellation);
                Bound(path);
            }

            File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        }
        finally
        {
            _making.Release();
        }

        // An empty file says that this pair was tried and is not worth it.
        return new FileInfo(path) is { Exists: true, Length: > 0 } ? path : null;
    }

    /// <summary>Deletes those of which one side is gone.</summary>
    public void Trim(Func<string, bool> isListed)
    {
        if (!Directory.Exists(folder.Deltas)) return;
        foreach (var file in Directory.EnumerateFiles(folder.Deltas, "*" + Ending))
        {
            if (!Path.GetFileNameWithoutExtension(file).Split('-').All(hex => isListed($"sha256:{hex}"))) File.Delete(file);
        }
    }

    public void Dispose() => _making.Dispose();

    private async Task MakeAsync(string old, string next, string path, CancellationToken cancellation)
    {
        var (before, after) = (await File.ReadAllBytesAsync(old, cancellation), await File.ReadAllBytesAsync(next, cancellation));
        var delta = await Task.Run(() => DeltaCodec.Encode(before, after), cancellation);
        Directory.CreateDirectory(folder.Deltas);
        AtomicFile.Write(path, delta.Length <= WorthShare * after.Length && delta.Length <= options.Value.MaxDeltaBytes ? delta : []);
    }

    /// <summary>Deletes those used longest ago until the rest is within the bound; the new one stays.</summary>
    private void Bound(string made)
    {
        var files = new DirectoryInfo(folder.Deltas).GetFiles("*" + Ending).OrderBy(static file => file.LastWriteTimeUtc).ToList();
        var total = files.Sum(static file => file.Length);
        foreach (var file in files.Where(file => file.FullName != made))
        {
            if (total <= options.Value.MaxDeltaBytes) return;
            total -= file.Length;
            file.Delete();
        }
    }
}
