using System.Globalization;
using Hmas.Storage;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>The files of a repository that carry their version, <c>N.ROLE.json</c>. What stands under a version stays as it is.</summary>
/// <param name="folder">Need not be there to be read.</param>
public sealed class VersionedFiles(string folder)
{
    /// <summary>0: there is none.</summary>
    public long NewestVersion(string role) => Versions(role).DefaultIfEmpty().Max();

    /// <summary>Null when there is none.</summary>
    public byte[]? Newest(string role) => Find(role, NewestVersion(role));

    /// <summary>Null when there is no such version.</summary>
    public byte[]? Find(string role, long version)
    {
        var path = PathOf(role, version);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Versions that are not below <paramref name="oldest"/>, the newest first, read as they are asked for.</summary>
    public IEnumerable<(long Version, byte[] Bytes)> From(string role, long oldest) =>
        Versions(role).Where(version => version >= oldest).OrderDescending().Select(version => (version, File.ReadAllBytes(PathOf(role, version))));

    /// <summary>On disk when this returns.</summary>
    /// <exception cref="StorageException">It is not.</exception>
    public void Write(string role, long version, ReadOnlySpan<byte> bytes) => AtomicFile.Write(PathOf(role, version), bytes);

    /// <summary>Deletes all but the newest; a client that began before the last change still finds what it was promised.</summary>
    public void Prune(string role, int kept)
    {
        foreach (var version in Versions(role).OrderDescending().Skip(kept)) File.Delete(PathOf(role, version));
    }

    /// <summary>Names that begin with no version, such as a staged file's, are not looked at.</summary>
    private IEnumerable<long> Versions(string role)
    {
        var suffix = $".{role}.json";
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, $"*{suffix}"))
        {
            if (long.TryParse(Path.GetFileName(path)[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                yield return version;
        }
    }

    private string PathOf(string role, long version) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{version}.{role}.json"));
}
