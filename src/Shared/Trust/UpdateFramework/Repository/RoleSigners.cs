namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>Who signs a role.</summary>
/// <param name="PublicKeys">Ed25519, 32 bytes each, no key twice.</param>
/// <param name="Threshold">How many of them must; 1 to their number.</param>
public sealed record RoleSigners(IReadOnlyList<byte[]> PublicKeys, int Threshold);
