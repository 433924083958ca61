using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Packages on disk by digest: <c>artefacts/sha256/ab/abcd….hmas</c>. A file is written once, whole, and never changed.</summary>
internal sealed class PackageFolder(string root)
{
    private const string Prefix = "sha256:";
    private const int HexLength = 64;

    /// <summary>Whether a text is a digest, and so safe to make a path of.</summary>
    public static bool IsDigest(string? digest)
    {
        if (digest is null || digest.Length != Prefix.Length + HexLength || !digest.StartsWith(Prefix, StringComparison.Ordinal)) return false;
        foreach (var c in digest.AsSpan(Prefix.Length))
        {
            if (!char.IsAsciiDigit(c) && c is not (>= 'a' and <= 'f')) return false;
        }

        return true;
    }

    /// <exception cref="ArgumentException">No digest.</exception>
    public string PathOf(string digest)
    {
        if (!IsDigest(digest)) throw new ArgumentException($"'{digest}' is no digest", nameof(digest));
        var hex = digest[Prefix.Length..];
        return Path.Combine(root, "sha256", hex[..2], hex + ".hmas");
    }

    /// <summary>On disk when this returns.</summary>
    public void Put(string digest, ReadOnlySpan<byte> package)
    {
        var path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, package);
    }
}
