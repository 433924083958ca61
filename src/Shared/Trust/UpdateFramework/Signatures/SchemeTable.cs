namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>The signature schemes this client knows; a new one is a line here and a verifier beside it.</summary>
internal static class SchemeTable
{
    private static readonly Dictionary<(string KeyType, string Scheme), Func<string, ISignatureVerifier?>> Readers = new()
    {
        [("ed25519", "ed25519")] = Ed25519Verifier.TryRead,
        [("ecdsa", "ecdsa-sha2-nistp256")] = EcdsaP256Verifier.TryRead,
        // Key type as older repositories write it.
        [("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256")] = EcdsaP256Verifier.TryRead,
        [("rsa", "rsassa-pss-sha256")] = RsaPssVerifier.TryRead,
    };

    /// <summary>Null when the scheme is unknown or the text is no key of it: such a key never signs, and the others still count.</summary>
    public static ISignatureVerifier? TryRead(string keyType, string scheme, string publicKey) =>
        Readers.TryGetValue((keyType, scheme), out var read) ? read(publicKey) : null;
}
