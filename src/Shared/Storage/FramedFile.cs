using System.Buffers.Binary;
using Hmas.Storage.Native;

namespace Hmas.Storage;

/// <summary>A small content in a file that is written over in place (docs/formats/record-pair.md): a write that a kill or a power cut ended is
/// never taken for a whole one.</summary>
/// <remarks>A write costs the blocks of the content and no others; a file replaced by rename takes new blocks and a folder entry, and can fail
/// on a full disk. What was there before is lost while it is written over: owners write over what they need no more.</remarks>
public static class FramedFile
{
    /// <summary>Bytes of content at most.</summary>
    public const int MaxBytes = 1 << 20;

    private const uint Magic = 0x31525048; // "HPR1"
    private const int HeaderBytes = 20;
    private const int ChecksumAt = 4;
    private const int LengthAt = 8;
    private const int GenerationAt = 12;

    /// <summary>Writes over the file; makes it where there is none, mode 0600.</summary>
    /// <param name="toDisk">On return it is there after a power cut too; else after a kill of the process.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error; what the file holds now is not to be relied on.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, long generation, bool toDisk)
    {
        var bytes = Frame(content, generation);
        try
        {
            // An empty one may be as new as one that is not there.
            var isNew = new FileInfo(path) is not { Exists: true, Length: > 0 };
            using (var file = OpenToWrite(path, FileMode.OpenOrCreate))
            {
                file.Write(bytes);
                if (toDisk) file.Flush(flushToDisk: true);
            }

            if (isNew) Folder.Sync(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, path);
        }
    }

    /// <summary>Makes an empty file, mode 0600.</summary>
    /// <param name="roomBytes">Set aside on the disk: content of up to so many bytes costs the file system no new blocks.</param>
    /// <exception cref="StorageException">Full disk, no access, or an I/O error.</exception>
    public static void Make(string path, long roomBytes)
    {
        try
        {
            OpenToWrite(path, FileMode.CreateNew, roomBytes).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StorageException.Of(error, path);
        }
    }

    /// <summary>Null: torn or rotten, or another kind of file. What an older, longer content left behind the new one does not count.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (long Generation, byte[] Content)? TryRead(string path)
    {
        var file = new FileInfo(path);
        if (file.Length is < HeaderBytes or > HeaderBytes + MaxBytes) return null;
        var bytes = File.ReadAllBytes(path);
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(LengthAt));
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic || length < 0 || length > bytes.Length - HeaderBytes) return null;
        var sealedBytes = bytes.AsSpan(LengthAt, HeaderBytes - LengthAt + length);
        return Crc32C.Compute(sealedBytes) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(ChecksumAt))
            ? (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(GenerationAt)), bytes[HeaderBytes..(HeaderBytes + length)]) : null;
    }

    private static byte[] Frame(ReadOnlySpan<byte> content, long generation)
    {
        if (content.Length > MaxBytes) throw new ArgumentException($"{content.Length} bytes are above {MaxBytes}", nameof(content));
        var bytes = new byte[HeaderBytes + content.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(LengthAt), content.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(GenerationAt), generation);
        content.CopyTo(bytes.AsSpan(HeaderBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(ChecksumAt), Crc32C.Compute(bytes.AsSpan(LengthAt)));
        return bytes;
    }

    private static FileStream OpenToWrite(string path, FileMode mode, long roomBytes = 0)
    {
        var options = new FileStreamOptions
        {
            Mode = mode, Access = FileAccess.Write, Share = FileShare.Read, BufferSize = 0, PreallocationSize = roomBytes,
        };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }
}
