namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>A public key of one scheme.</summary>
internal interface ISignatureVerifier
{
    /// <summary>The key in one form only: equal for two texts that hold the same key.</summary>
    ReadOnlySpan<byte> Identity { get; }

    /// <summary>Whether the signature over the data is this key's; false, never an exception, for bytes that are no signature.</summary>
    bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);
}
