using System.Globalization;
using Hmas.Storage;

namespace Edge.Agent.Models;

/// <summary>Small packages, compressed, in a few files that are written over: <c>package.1</c>, <c>package.2</c>, and so on. A package takes the
/// place of one that is needed no more, so a swap costs the blocks of the compressed package, and no file is made or deleted.</summary>
internal sealed class PackedFiles(string folder)
{
    /// <summary>Larger ones are kept as they come. Twice what the hub's largest recipe makes; a download of it over 10 KB/s, which begins anew
    /// after a restart, takes 26 s.</summary>
    public const int MaxPackageBytes = 256 << 10;

    // Of the package that answers, the one before, and the next.
    private const int Files = 3;

    // Set aside in each: most packages fit, and their first swap needs no new blocks.
    private const long RoomBytes = 32 << 10;

    private const string Name = "package.";

    /// <summary>Every file that the disk gives, also those that hold no whole package.</summary>
    public IReadOnlyList<PackedPackage> All =>
        [.. Directory.EnumerateFiles(folder, Name + "*").Order(StringComparer.Ordinal).Select(PackedPackage.TryRead).OfType<PackedPackage>()];

    /// <summary>The package's bytes, if they are there.</summary>
    public byte[]? Read(string digest) =>
        All.Where(packed => packed.Digest == digest).Select(static packed => packed.Unpack()).OfType<byte[]>().FirstOrDefault();

    /// <summary>Makes files while there are fewer than a device needs, so that a swap makes none. One that the disk has no room for is made
    /// when it is needed.</summary>
    public void Prepare()
    {
        try
        {
            while (All.Count < Files) FramedFile.Make(Another(), RoomBytes);
        }
        catch (StorageException)
        {
            // A full disk stops no start.
        }
    }

    /// <summary>Writes over a file whose package is not needed, or makes one; on return the package is on disk.</summary>
    /// <param name="needed">Digests whose files are left alone.</param>
    /// <exception cref="StorageException">Not on disk; what is needed still is.</exception>
    public void Write(string digest, ReadOnlySpan<byte> package, long number, IReadOnlySet<string> needed)
    {
        var path = Unneeded(needed).FirstOrDefault()?.Path ?? Another();
        FramedFile.Write(path, PackedPackage.Pack(digest, package), number, toDisk: true);
    }

    /// <summary>Lets packages go that are not needed: their files are emptied, and deleted where there are more than a device needs.</summary>
    /// <param name="spares">So many stay, to be written over.</param>
    public void Collect(IReadOnlySet<string> needed, int spares)
    {
        var more = All.Count - Files;
        foreach (var packed in Unneeded(needed).Skip(spares))
        {
            if (more-- > 0) File.Delete(packed.Path);
            else if (packed.Digest is not null) File.WriteAllBytes(packed.Path, []);
        }
    }

    // Those with blocks to be written over before torn and empty ones.
    private IEnumerable<PackedPackage> Unneeded(IReadOnlySet<string> needed) =>
        All.Where(packed => packed.Digest is null || !needed.Contains(packed.Digest)).OrderByDescending(static packed => packed.Number);

    private string Another() => Enumerable.Range(1, int.MaxValue)
        .Select(place => Path.Combine(folder, Name + place.ToString(CultureInfo.InvariantCulture))).First(static path => !File.Exists(path));
}
