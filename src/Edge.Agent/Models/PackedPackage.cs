using System.Buffers.Binary;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Wire;
using Hmas.Storage;

namespace Edge.Agent.Models;

/// <summary>A file of <see cref="PackedFiles"/> as it was read.</summary>
/// <param name="Number">Grows from one package that was written to the next; 0 where none can be read.</param>
/// <param name="Digest">Null: torn, rotten, or no package.</param>
/// <param name="Content">32 bytes of digest, length of the package (i32, little-endian), the package as zlib (RFC 1950).</param>
internal sealed record PackedPackage(string Path, long Number, string? Digest, byte[] Content)
{
    private const int LengthAt = 32;
    private const int PackedAt = 36;

    /// <summary>Null: the disk does not give it.</summary>
    public static PackedPackage? TryRead(string path)
    {
        try
        {
            return FramedFile.TryRead(path) is var (number, content) && content.Length > PackedAt
                ? new PackedPackage(path, number, ArtefactDigest.Of(content.AsSpan(0, LengthAt)), content) : new PackedPackage(path, 0, null, []);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public static byte[] Pack(string digest, ReadOnlySpan<byte> package)
    {
        var packed = ZlibCodec.Compress(package);
        var content = new byte[PackedAt + packed.Length];
        Convert.FromHexString(ArtefactDigest.Hex(digest), content, out _, out _);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(LengthAt), package.Length);
        packed.CopyTo(content, PackedAt);
        return content;
    }

    /// <summary>The package's bytes; null when they are not what was packed.</summary>
    public byte[]? Unpack()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(Content.AsSpan(LengthAt));
        return length is >= 0 and <= PackedFiles.MaxPackageBytes ? ZlibCodec.TryDecompress(Content[PackedAt..], length) : null;
    }
}
