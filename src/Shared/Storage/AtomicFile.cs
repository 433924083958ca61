using System.Security.Cryptography;
using System.Text;

namespace Hmas.Storage;

/// <summary>Replaces a file as a whole: after a crash or power cut there is the old content or the new, never a part.</summary>
public static class AtomicFile
{
    private const string TemporaryEnding = ".tmp";

    /// <summary>Writes a temporary file beside <paramref name="path"/>, syncs it, renames it over and
    /// syncs the folder; on return the content is durable.</summary>
    /// <param name="mode">Permissions of the new file; null: the process's default.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error; the old content stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(FolderOf(full), $".{Guid.NewGuid():N}{TemporaryEnding}");
        try
        {
            using (var file = Create(temporary, FileMode.CreateNew, mode))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            Publish(temporary, full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, full);
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    /// <summary>As <see cref="Write"/> for content that is too large to hold, or that must be judged before it appears: when
    /// <paramref name="write"/> throws, the old content stands. One writer at a time; a second is refused.</summary>
    /// <param name="write">Writes to the stream it is given; may read it back.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error; the old content stands.</exception>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        var temporary = PartOf(full);
        try
        {
            await using (var file = Create(temporary, FileMode.Create, mode: null))
            {
                await WriteAsync(file, temporary, write);
                file.Flush(flushToDisk: true);
            }

            Publish(temporary, full);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, full);
        }
    }

    /// <summary>A whole file beside <paramref name="path"/> takes its name: synced, renamed over, folder synced; on return that is durable.</summary>
    /// <exception cref="StorageException">No access, or an I/O error; the old content stands.</exception>
    public static void Rename(string whole, string path)
    {
        try
        {
            using (var file = File.OpenHandle(whole, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(file);
            Publish(whole, Path.GetFullPath(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, path);
        }
    }

    /// <summary>Deletes what writes that a kill or a power cut ended have left in a folder. For its owner's start, before the first write.</summary>
    /// <remarks>Unfinished large files (<see cref="WriteAsync(string, Func{Stream, Task})"/>) stay: the next attempt writes over them.</remarks>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static void RemoveLeftovers(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, ".*" + TemporaryEnding))
        {
            var name = Path.GetFileName(file.AsSpan())[1..^TemporaryEnding.Length];
            if (Guid.TryParseExact(name, "N", out _)) File.Delete(file);
        }
    }

    private static async Task WriteAsync(FileStream file, string temporary, Func<Stream, Task> write)
    {
        try
        {
            await write(file);
        }
        catch
        {
            // While the file is still open, and so locked: no other writer can have begun on it.
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>One name for each file, so that what a power cut leaves of a large one is overwritten
    /// by the next attempt instead of filling the disk.</summary>
    private static string PartOf(string full)
    {
        // Not made of the name itself, which may already be as long as a name can be.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFileName(full)));
        return Path.Combine(FolderOf(full), $".{Convert.ToHexStringLower(hash.AsSpan(0, 16))}.part");
    }

    private static string FolderOf(string full) =>
        Path.GetDirectoryName(full) ?? throw new ArgumentException($"'{full}' names no file", nameof(full));

    private static FileStream Create(string temporary, FileMode create, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = create, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (mode is not null && !OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
        return new FileStream(temporary, options);
    }

    private static void Publish(string temporary, string full)
    {
        File.Move(temporary, full, overwrite: true);
        Native.Folder.Sync(FolderOf(full));
    }
}
