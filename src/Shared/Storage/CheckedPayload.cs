using System.Buffers.Binary;

namespace Hmas.Storage;

/// <summary>A record's bytes with their own checksum, so that one rotten record is found alone
/// (docs/formats/archive.md): version byte 1, CRC32C of the payload little-endian, payload.</summary>
public static class CheckedPayload
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderBytes = 5;

    private const byte Version = 1;

    public static byte[] Seal(ReadOnlySpan<byte> payload)
    {
        var bytes = new byte[HeaderBytes + payload.Length];
        Seal(payload, bytes);
        return bytes;
    }

    /// <summary>Writes the sealed form into <paramref name="destination"/> and returns its length,
    /// payload length + <see cref="HeaderBytes"/>.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Seal(ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var length = HeaderBytes + payload.Length;
        if (destination.Length < length) throw new ArgumentException($"{destination.Length} bytes cannot hold {length}", nameof(destination));
        destination[0] = Version;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[1..], Crc32C.Compute(payload));
        payload.CopyTo(destination[HeaderBytes..]);
        return length;
    }

    /// <summary>False when the bytes are not what was sealed; <paramref name="payload"/> is a view into <paramref name="sealedBytes"/>.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> sealedBytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        if (sealedBytes.Length < HeaderBytes || sealedBytes[0] != Version) return false;
        var content = sealedBytes[HeaderBytes..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(sealedBytes[1..]) != Crc32C.Compute(content)) return false;
        payload = content;
        return true;
    }
}
