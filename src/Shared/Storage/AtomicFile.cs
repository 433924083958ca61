namespace Hmas.Storage;

/// <summary>Replaces a file as a whole: after a crash or power cut there is the old content or the new, never a part.</summary>
public static class AtomicFile
{
    /// <summary>Writes a temporary file beside <paramref name="path"/>, syncs it, renames it over and syncs the folder; on return the content is durable.</summary>
    /// <param name="mode">Permissions of the new file; null: the process's default.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error; the old content stands.</exception>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode = null)
    {
        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full) ?? throw new ArgumentException($"'{path}' names no file", nameof(path));
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (mode is not null && !OperatingSystem.IsWindows()) options.UnixCreateMode = mode;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
            Native.Folder.Sync(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary)) File.Delete(temporary);
            throw new StorageException(ReasonOf(error), $"{full}: {error.Message}", error);
        }
    }

    private static StorageReason ReasonOf(Exception error) => error switch
    {
        // ENOSPC is 28 and EDQUOT 122 in asm-generic/errno.h; .NET carries the number in HResult.
        IOException { HResult: 28 or 122 } => StorageReason.DiskFull,
        UnauthorizedAccessException or DirectoryNotFoundException => StorageReason.Access,
        _ => StorageReason.Io,
    };
}
