using System.Buffers.Binary;
using System.Security.Cryptography;
using Hmas.Contracts.Wire;

namespace Hmas.Contracts.Chunks;

/// <summary>A file as its chunks, in order: equal lengths, the last one what is left (docs/formats/chunks.md).</summary>
public static class ChunkList
{
    /// <summary>Bytes of every chunk but the last.</summary>
    public const int ChunkBytes = 64 << 10;

    private const int HashBytes = 32;
    private const int HeadBytes = 9;
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "HMCL"u8;

    /// <summary>Cuts a file; one chunk of it is in memory at a time.</summary>
    public static IReadOnlyList<Chunk> Of(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var chunks = new List<Chunk>();
        var buffer = new byte[ChunkBytes];
        int length;
        for (var offset = 0L; (length = file.ReadAtLeast(buffer, ChunkBytes, throwOnEndOfStream: false)) > 0; offset += length)
            chunks.Add(new Chunk(HashOf(buffer.AsSpan(0, length)), offset, length));
        return chunks;
    }

    /// <summary>As <see cref="Chunk.Hash"/> names them.</summary>
    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Bytes of the list of a file of so many bytes.</summary>
    public static long LengthOf(long fileBytes) => HeadBytes + ((fileBytes + ChunkBytes - 1) / ChunkBytes * HashBytes) + 4;

    public static byte[] Write(IReadOnlyList<Chunk> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        var bytes = new byte[HeadBytes + (chunks.Count * HashBytes) + 4];
        Magic.CopyTo(bytes);
        bytes[4] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(5), ChunkBytes);
        for (var i = 0; i < chunks.Count; i++) Convert.FromHexString(chunks[i].Hash).CopyTo(bytes, HeadBytes + (i * HashBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    /// <param name="fileBytes">Of the file.</param>
    /// <exception cref="WireFormatException">Not a list, or of a file of another length.</exception>
    public static IReadOnlyList<Chunk> Read(ReadOnlySpan<byte> bytes, long fileBytes)
    {
        if (bytes.Length < HeadBytes + 4 || !bytes.StartsWith(Magic) || bytes[4] != Version)
            throw new WireFormatException($"{bytes.Length} bytes are no chunk list of version {Version}");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[5..]) is var each && each != ChunkBytes)
            throw new WireFormatException($"chunks of {each} bytes, {ChunkBytes} are known");
        if (bytes.Length != LengthOf(fileBytes))
            throw new WireFormatException($"a list of {bytes.Length} bytes is not that of a file of {fileBytes}");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Checksum(bytes[..^4]))
            throw new WireFormatException("checksum of the chunk list");
        var chunks = new Chunk[(bytes.Length - HeadBytes) / HashBytes];
        for (var i = 0; i < chunks.Length; i++)
        {
            var offset = (long)i * ChunkBytes;
            chunks[i] = new Chunk(
                Convert.ToHexStringLower(bytes.Slice(HeadBytes + (i * HashBytes), HashBytes)), offset, (int)Math.Min(ChunkBytes, fileBytes - offset));
        }

        return chunks;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes) => ~WireCrc32C.Append(uint.MaxValue, bytes);
}
