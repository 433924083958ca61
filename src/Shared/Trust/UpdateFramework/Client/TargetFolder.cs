using Hmas.Storage;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>Downloaded targets. A target path becomes one file name, whatever it holds: no path leads out of the folder.</summary>
public sealed class TargetFolder
{
    private readonly string _path;

    /// <param name="path">Created when it is not there.</param>
    public TargetFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
    }

    /// <summary>Where a target lies, or will.</summary>
    public string PathOf(string targetPath)
    {
        var name = Uri.EscapeDataString(targetPath);
        // "." and ".." would be folders, and a dot in front hides a file; an escaped name never holds "%2E" otherwise.
        if (name.StartsWith('.')) name = $"%2E{name[1..]}";
        return Path.Combine(_path, BoundedName.Of(name));
    }

    /// <summary>The target's file: the one that lies there if its length and hashes hold, otherwise fetched.</summary>
    /// <param name="prefixed">Whether the repository puts the hash in front of the file name.</param>
    /// <exception cref="UpdateException">No mirror gave the very file; what lay there stands.</exception>
    /// <exception cref="StorageException">The disk did not take it; what lay there stands.</exception>
    public async Task<string> BringAsync(TargetFile target, Mirrors mirrors, HttpFetcher fetcher, bool prefixed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(mirrors);
        var path = PathOf(target.Path);
        var hash = FileCheck.Usable(target.Hashes, target.Path)[0].Name;
        if (Holds(path, target)) return path;
        await mirrors.FirstAsync(AddressOf(target.Path, prefixed ? target.Hashes[hash] : null), url =>
            AtomicFile.WriteAsync(path, async file =>
            {
                await fetcher.CopyAsync(url, target.Length, file, cancellation);
                FileCheck.Require(file, target);
            }));
        return path;
    }

    private static bool Holds(string path, TargetFile target)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using var file = File.OpenRead(path);
            FileCheck.Require(file, target);
            return true;
        }
        catch (UpdateException)
        {
            return false;
        }
    }

    private static string AddressOf(string targetPath, string? hash)
    {
        var slash = targetPath.LastIndexOf('/') + 1;
        return hash is null ? Mirrors.Escape(targetPath) : $"{Mirrors.Escape(targetPath[..slash])}{hash}.{Mirrors.Escape(targetPath[slash..])}";
    }
}
