using System.Buffers;
using Hmas.Storage;
using Hmas.Trust;

namespace Edge.Agent.Models;

/// <summary>Package files by digest: <c>&lt;hex&gt;.hmas</c> whole, <c>&lt;hex&gt;.part</c> while a download grows.</summary>
internal sealed class PackageFolder(string folder)
{
    private const string PackageEnding = ".hmas";
    private const string PartEnding = ".part";
    private const string DigestPrefix = "sha256:";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>Bytes that may still be written to the folder's disk.</summary>
    public long FreeBytes => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>The package's file; it need not be there.</summary>
    public string PathOf(string digest) => Path.Combine(folder, FileName(digest) + PackageEnding);

    /// <summary>Where a download of this package grows.</summary>
    public string PartPath(string digest) => Path.Combine(folder, FileName(digest) + PartEnding);

    /// <summary>The package's bytes, if its file is there.</summary>
    public byte[]? Read(string digest, long maxBytes)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists && file.Length <= maxBytes ? File.ReadAllBytes(file.FullName) : null;
    }

    /// <summary>Name and release of every package: each was verified when it came. What is no package (it rotted) is left out.</summary>
    public IEnumerable<KeyValuePair<string, long>> Releases()
    {
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*" + PackageEnding))
        {
            if (ReleaseOf(path) is { } release) yield return release;
        }
    }

    /// <summary>Digests of whole packages other than these, also of a download whose last step, the rename, a power cut took back.</summary>
    public IReadOnlyList<string> WholeBeside(IEnumerable<string> digests)
    {
        var known = digests.Select(FileName).ToHashSet(StringComparer.Ordinal);
        return [.. Directory.EnumerateFiles(folder)
            .Where(path => Path.GetExtension(path) is PackageEnding or PartEnding && !known.Contains(Path.GetFileNameWithoutExtension(path)))
            .Select(WholeDigest).OfType<string>().Distinct()];
    }

    /// <summary>Deletes a package and what is there of its download.</summary>
    public void Delete(string digest)
    {
        File.Delete(PathOf(digest));
        File.Delete(PartPath(digest));
    }

    /// <summary>A whole download becomes the package file.</summary>
    public void KeepPart(string digest) => File.Move(PartPath(digest), PathOf(digest), overwrite: true);

    public void Write(string digest, ReadOnlySpan<byte> bytes) => AtomicFile.Write(PathOf(digest), bytes);

    /// <summary>Deletes package files other than these; a part file stays for a download to go on, the newest one only.</summary>
    public void Collect(IEnumerable<string> digests)
    {
        var kept = digests.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*" + PackageEnding))
        {
            if (!kept.Contains(file)) File.Delete(file);
        }

        foreach (var old in Directory.EnumerateFiles(folder, "*" + PartEnding).OrderByDescending(File.GetLastWriteTimeUtc).Skip(1)) File.Delete(old);
    }

    private static KeyValuePair<string, long>? ReleaseOf(string path)
    {
        try
        {
            var (_, manifest) = ModelPackage.Peek(File.ReadAllBytes(path), new PackageLimits());
            return KeyValuePair.Create(manifest.Name, manifest.Release);
        }
        catch (Exception error) when (error is PackageException or IOException)
        {
            return null;
        }
    }

    /// <summary>Null: not whole, or no package (the part of an agent's program).</summary>
    private static string? WholeDigest(string path)
    {
        try
        {
            var digest = DigestPrefix + Path.GetFileNameWithoutExtension(path);
            ModelPackage.Open(File.ReadAllBytes(path), digest, new PackageLimits());
            return digest;
        }
        catch (Exception error) when (error is PackageException or IOException)
        {
            return null;
        }
    }

    /// <exception cref="ArgumentException">Not <c>sha256:</c> and 64 hex digits: it would become part of a path.</exception>
    private static string FileName(string digest)
    {
        if (digest.Length == DigestPrefix.Length + 64 && digest.StartsWith(DigestPrefix, StringComparison.Ordinal)
            && !digest.AsSpan(DigestPrefix.Length).ContainsAnyExcept(HexDigits))
            return digest[DigestPrefix.Length..];
        throw new ArgumentException($"digest '{digest}' is not sha256: and 64 lower-case hex digits", nameof(digest));
    }
}
