using Hmas.Trust.UpdateFramework.Metadata;
using NSec.Cryptography;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>ed25519: the key is 32 bytes in hexadecimal (specification 4.2.2).</summary>
internal sealed class Ed25519Verifier : ISignatureVerifier
{
    private readonly PublicKey _key;
    private readonly byte[] _raw;

    private Ed25519Verifier(PublicKey key)
    {
        _key = key;
        _raw = key.Export(KeyBlobFormat.RawPublicKey);
    }

    public ReadOnlySpan<byte> Identity => _raw;

    /// <summary>Null when the text is no such key.</summary>
    public static Ed25519Verifier? TryRead(string hex) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, Hex.OrEmpty(hex), KeyBlobFormat.RawPublicKey, out var key) ? new Ed25519Verifier(key!) : null;

    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => SignatureAlgorithm.Ed25519.Verify(_key, data, signature);
}
