using System.Diagnostics;

namespace Hmas.Testing;

/// <summary>A file system of its own (ext4 in a file, mounted over a loop device) whose power can be
/// cut: what was not synced is gone then. Needs root.</summary>
public sealed class CuttableDisk : IDisposable
{
    private readonly TempFolder _folder = new();
    private string _image;
    private int _restored;

    public CuttableDisk(int megabytes = 16)
    {
        _image = _folder.File("disk.img");
        Path = Directory.CreateDirectory(_folder.File("mount")).FullName;
        using (var file = File.Create(_image)) file.SetLength(megabytes * 1024L * 1024);
        Run("mkfs.ext4", "-q", "-F", _image);
        Mount();
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>From here on nothing reaches the disk, not even what was written and not synced; every call fails with an I/O error.</summary>
    public void Cut() => Run("xfs_io", "-x", "-c", "shutdown", Path);

    /// <summary>The machine comes up again. Whatever held files open must be gone.</summary>
    public void Restore()
    {
        Run("umount", Path);
        // A copy, because another process that has left this mount namespace may keep the dead file system of the old image alive.
        var copy = _folder.File($"disk-{++_restored}.img");
        Run("cp", "--sparse=always", _image, copy);
        File.Delete(_image);
        _image = copy;
        // As a machine does before it mounts: replays the journal, repairs what needs no question.
        Run("e2fsck", "-p", _image);
        Mount();
    }

    public void Dispose()
    {
        Run("umount", Path);
        _folder.Dispose();
    }

    private void Mount() => Run("mount", "-o", "loop", _image, Path);

    private static void Run(string program, params string[] arguments)
    {
        var end = Tool.TryAsync(new ProcessStartInfo(program, arguments)).GetAwaiter().GetResult();
        // e2fsck ends with 1 when it repaired something.
        if (end.Code > (program == "e2fsck" ? 1 : 0))
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {end.Error.Trim()}");
    }
}
