using System.Buffers.Binary;
using System.Numerics;

namespace Hmas.Storage;

/// <summary>The Castagnoli checksum: polynomial 0x1EDC6F41, reflected, initial and final value all ones.</summary>
/// <remarks>RFC 3720 appendix B.4 gives the vectors that judge it. <see cref="BitOperations"/> uses the
/// processor's instruction (SSE 4.2, ARMv8 CRC) where there is one.</remarks>
public static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
