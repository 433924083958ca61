namespace Hmas.Trust;

/// <summary>Who signed the manifest bytes, and the signature.</summary>
/// <param name="PublicKey">Ed25519, 32 bytes.</param>
/// <param name="Signature">64 bytes over the manifest bytes as they stand in the file.</param>
public sealed record PackageSignature(byte[] PublicKey, byte[] Signature);
