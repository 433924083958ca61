using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>EMSA-PSS with SHA-256 and MGF1, RFC 8017 section 9.1.2, for a salt of any length: TUF leaves it open,
/// python signs with the hash's length and Go with the longest.</summary>
internal static class PssEncoding
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const byte Trailer = 0xBC;

    /// <param name="messageHash">32 bytes.</param>
    /// <param name="encoded">What the signature holds; overwritten.</param>
    /// <param name="bits">Bits of <paramref name="encoded"/> that count, one less than the modulus has.</param>
    public static bool Holds(ReadOnlySpan<byte> messageHash, Span<byte> encoded, int bits)
    {
        if (encoded.Length < HashBytes + 2 || encoded[^1] != Trailer) return false;
        var masked = encoded[..^(HashBytes + 1)];
        var hash = encoded[masked.Length..^1];
        var unused = (8 * encoded.Length) - bits;
        if (masked[0] >> (8 - unused) != 0) return false;
        Unmask(masked, hash);
        masked[0] &= (byte)(0xFF >> unused);
        var one = masked.IndexOfAnyExcept((byte)0);
        return one >= 0 && masked[one] == 1 && CryptographicOperations.FixedTimeEquals(HashOf(messageHash, masked[(one + 1)..]), hash);
    }

    private static byte[] HashOf(ReadOnlySpan<byte> messageHash, ReadOnlySpan<byte> salt)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(new byte[8]);
        digest.AppendData(messageHash);
        digest.AppendData(salt);
        return digest.GetHashAndReset();
    }

    /// <summary>MGF1, RFC 8017 appendix B.2.1.</summary>
    private static void Unmask(Span<byte> masked, ReadOnlySpan<byte> seed)
    {
        Span<byte> input = stackalloc byte[HashBytes + 4];
        Span<byte> mask = stackalloc byte[HashBytes];
        seed.CopyTo(input);
        for (var at = 0; at < masked.Length; at++)
        {
            if (at % HashBytes == 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(input[HashBytes..], at / HashBytes);
                SHA256.HashData(input, mask);
            }

            masked[at] ^= mask[at % HashBytes];
        }
    }
}
