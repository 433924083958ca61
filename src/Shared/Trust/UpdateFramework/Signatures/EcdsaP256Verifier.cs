using System.Security.Cryptography;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>ecdsa-sha2-nistp256: the key is PEM on curve P-256, the signature DER (specification 4.2.2).</summary>
internal sealed class EcdsaP256Verifier : ISignatureVerifier
{
    /// <summary>secp256r1, RFC 5480 section 2.1.1.1.</summary>
    private const string CurveOid = "1.2.840.10045.3.1.7";

    private readonly byte[] _spki;

    private EcdsaP256Verifier(byte[] spki) => _spki = spki;

    public ReadOnlySpan<byte> Identity => _spki;

    /// <summary>Null when the text is no such key.</summary>
    public static EcdsaP256Verifier? TryRead(string pem)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(pem);
            var point = key.ExportParameters(includePrivateParameters: false);
            return point.Curve.Oid.Value == CurveOid ? new EcdsaP256Verifier(key.ExportSubjectPublicKeyInfo()) : null;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(_spki, out _);
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
