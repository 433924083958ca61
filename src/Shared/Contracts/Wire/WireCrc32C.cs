using System.Buffers.Binary;
using System.Numerics;

namespace Hmas.Contracts.Wire;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4) over spans; the processor's instruction where there is one.</summary>
internal static class WireCrc32C
{
    /// <summary>Carries a running remainder on; begin with all ones, complement at the end.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}
