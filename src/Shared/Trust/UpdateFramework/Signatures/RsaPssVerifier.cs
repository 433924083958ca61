using System.Numerics;
using System.Security.Cryptography;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>rsassa-pss-sha256: the key is PEM of at least 2048 bits (specification 4.2.2).</summary>
internal sealed class RsaPssVerifier : ISignatureVerifier
{
    // Small enough that nobody can make one verification cost seconds.
    private const int MinBits = 2048;
    private const int MaxBits = 8192;
    private const int MaxExponentBytes = 4;

    private readonly byte[] _spki;
    private readonly BigInteger _modulus;
    private readonly BigInteger _exponent;
    private readonly int _bits;

    private RsaPssVerifier(RSA key, RSAParameters numbers)
    {
        _spki = key.ExportSubjectPublicKeyInfo();
        _bits = key.KeySize;
        _modulus = new BigInteger(numbers.Modulus, isUnsigned: true, isBigEndian: true);
        _exponent = new BigInteger(numbers.Exponent, isUnsigned: true, isBigEndian: true);
    }

    public ReadOnlySpan<byte> Identity => _spki;

    /// <summary>Null when the text is no such key.</summary>
    public static RsaPssVerifier? TryRead(string pem)
    {
        try
        {
            using var key = RSA.Create();
            key.ImportFromPem(pem);
            var numbers = key.ExportParameters(includePrivateParameters: false);
            return key.KeySize is >= MinBits and <= MaxBits && numbers.Exponent!.Length <= MaxExponentBytes ? new RsaPssVerifier(key, numbers) : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    /// <remarks>RSASSA-PSS-VERIFY, RFC 8017 section 8.1.2. The public operation is done here because .NET verifies
    /// salts of the hash's length only; nothing in it is secret.</remarks>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != (_bits + 7) / 8) return false;
        var s = new BigInteger(signature, isUnsigned: true, isBigEndian: true);
        if (s >= _modulus) return false;
        var encodedLength = (_bits - 1 + 7) / 8;
        var encoded = BigInteger.ModPow(s, _exponent, _modulus).ToByteArray(isUnsigned: true, isBigEndian: true);
        if (encoded.Length > encodedLength) return false;
        var padded = new byte[encodedLength];
        encoded.CopyTo(padded, encodedLength - encoded.Length);
        return PssEncoding.Holds(SHA256.HashData(data), padded, _bits - 1);
    }
}
