using Hmas.Contracts.Artefacts;
using Hmas.Storage;
using Hmas.Trust;

namespace Edge.Agent.Models;

/// <summary>Packages by digest: small ones in <see cref="PackedFiles"/>, large ones, and those of older agents, as <c>&lt;hex&gt;.hmas</c>. What
/// is large grows as <c>&lt;hex&gt;.part</c>, so that its download goes on after a restart.</summary>
internal sealed class PackageFolder(string folder)
{
    private const string PackageEnding = ".hmas";
    private const string PartEnding = ".part";

    private readonly PackedFiles _packed = new(folder);

    /// <summary>Bytes that may still be written to the folder's disk.</summary>
    public long FreeBytes => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>The small package that was written last; null: none is whole.</summary>
    public PackedPackage? Newest => _packed.All.Where(static packed => packed.Digest is not null).MaxBy(static packed => packed.Number);

    /// <inheritdoc cref="PackedFiles.Prepare"/>
    public void Prepare() => _packed.Prepare();

    public static bool IsLarge(long packageBytes) => packageBytes > PackedFiles.MaxPackageBytes;

    /// <summary>What grows by a download, from what is there of it on: in memory, or, when it is large, in a file.</summary>
    /// <param name="bytes">It will have; of any artefact.</param>
    public Stream OpenPart(string digest, long bytes) => IsLarge(bytes)
        ? new FileStream(PartPath(digest), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0) : new MemoryStream();

    /// <summary>What is there of a download.</summary>
    public long PartBytes(string digest) => new FileInfo(PartPath(digest)) is { Exists: true } part ? part.Length : 0;

    public void DeletePart(string digest) => File.Delete(PartPath(digest));

    /// <summary>A whole download becomes the package's file.</summary>
    /// <exception cref="StorageException">Not on disk.</exception>
    public void KeepPart(string digest) => AtomicFile.Rename(PartPath(digest), PathOf(digest));

    /// <inheritdoc cref="PackedFiles.Write"/>
    public void Write(string digest, ReadOnlySpan<byte> package, long number, IReadOnlySet<string> needed)
    {
        if (IsLarge(package.Length)) AtomicFile.Write(PathOf(digest), package);
        else _packed.Write(digest, package, number, needed);
    }

    /// <summary>The package's bytes, if they are there.</summary>
    public byte[]? Read(string digest, long maxBytes)
    {
        using var package = Open(digest);
        if (package is null || package.Length > maxBytes) return null;
        var bytes = new byte[package.Length];
        package.ReadExactly(bytes);
        return bytes;
    }

    /// <inheritdoc cref="Read"/>
    public Stream? Open(string digest) =>
        _packed.Read(digest) is { } small ? new MemoryStream(small) : File.Exists(PathOf(digest)) ? File.OpenRead(PathOf(digest)) : null;

    /// <summary>Name and release of every package: each was verified when it came. What is no package (it rotted) is left out.</summary>
    public IEnumerable<KeyValuePair<string, long>> Releases() => !Directory.Exists(folder) ? [] : _packed.All
        .Select(static packed => packed.Digest is null ? null : packed.Unpack())
        .Concat(Directory.EnumerateFiles(folder, "*" + PackageEnding).Select(TryRead))
        .Select(static bytes => bytes is null ? null : ReleaseOf(bytes)).OfType<KeyValuePair<string, long>>();

    /// <summary>Lets go what is not needed; a part file stays for a download to go on, the newest one only.</summary>
    /// <inheritdoc cref="PackedFiles.Collect"/>
    public void Collect(IReadOnlySet<string> needed, int spares)
    {
        _packed.Collect(needed, spares);
        var kept = needed.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*" + PackageEnding).Where(file => !kept.Contains(file))) File.Delete(file);
        foreach (var old in Directory.EnumerateFiles(folder, "*" + PartEnding).OrderByDescending(File.GetLastWriteTimeUtc).Skip(1)) File.Delete(old);
    }

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static KeyValuePair<string, long>? ReleaseOf(byte[] package)
    {
        try
        {
            var (_, manifest) = ModelPackage.Peek(package, new PackageLimits());
            return KeyValuePair.Create(manifest.Name, manifest.Release);
        }
        catch (PackageException)
        {
            return null;
        }
    }

    /// <exception cref="ArgumentException">No digest: it would become part of a path.</exception>
    private string PathOf(string digest) => Path.Combine(folder, ArtefactDigest.Hex(digest) + PackageEnding);

    /// <inheritdoc cref="PathOf"/>
    private string PartPath(string digest) => Path.Combine(folder, ArtefactDigest.Hex(digest) + PartEnding);
}
