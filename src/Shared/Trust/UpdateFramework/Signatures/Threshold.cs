using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>Counts who signed.</summary>
internal static class Threshold
{
    /// <summary>Returns when enough different keys of the role signed the file. Other signatures, valid or not, do no harm.</summary>
    /// <param name="who">Role and delegator, for the message.</param>
    /// <exception cref="UpdateException"><see cref="UpdateReason.Signature"/>.</exception>
    public static void Require<T>(SignedFile<T> file, RoleKeys role, IReadOnlyDictionary<string, VerificationKey> keys, string who)
    {
        // By the key itself, not by its id: one key under two ids is one signer.
        var signers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var keyId in role.KeyIds)
        {
            if (signers.Count >= role.Threshold) break;
            if (file.Signatures.TryGetValue(keyId, out var signature) && keys.TryGetValue(keyId, out var key)
                && key.Verify(file.Canonical, signature))
                signers.Add(key.Identity!);
        }

        if (signers.Count < role.Threshold)
            throw new UpdateException(UpdateReason.Signature, $"{who} is signed by {signers.Count} of its keys, {role.Threshold} are needed");
    }
}
