using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Signatures;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>Who has signed a file that is still on its way to its threshold.</summary>
public static class Signers
{
    /// <summary>Ids of the keys of a role whose signature on the file holds.</summary>
    /// <exception cref="UpdateException">Not a targets file.</exception>
    public static IReadOnlyList<string> OfTargets(RootMetadata root, ReadOnlyMemory<byte> file)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Of(TargetsMetadata.Read(file), root.Targets, root.Keys);
    }

    /// <summary>Ids of the root keys, as <paramref name="root"/> states them, whose signature on a root holds: asked
    /// of the present root and of the next one, as a client does.</summary>
    /// <exception cref="UpdateException">Not a root.</exception>
    public static IReadOnlyList<string> OfRoot(RootMetadata root, ReadOnlyMemory<byte> file)
    {
        ArgumentNullException.ThrowIfNull(root);
        return Of(RootMetadata.Read(file), root.Root, root.Keys);
    }

    /// <summary>The same of a delegated role, by the keys of the role that delegates.</summary>
    /// <exception cref="UpdateException">Not a targets file.</exception>
    public static IReadOnlyList<string> OfDelegated(DelegatedRole role, ReadOnlyMemory<byte> file)
    {
        ArgumentNullException.ThrowIfNull(role);
        return Of(TargetsMetadata.Read(file), role.Delegation.Keys, role.Keys);
    }

    private static List<string> Of<T>(SignedFile<T> file, RoleKeys role, IReadOnlyDictionary<string, VerificationKey> keys) =>
        [.. role.KeyIds.Where(id => file.Signatures.TryGetValue(id, out var signature) && keys.TryGetValue(id, out var key)
            && key.Verify(file.Canonical, signature))];
}
