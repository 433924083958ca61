using System.Text.Json;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>What keepers of targets keys write of a role that they trust for some paths.</summary>
/// <param name="Name">Of the role.</param>
/// <param name="Paths">Patterns as <see cref="PathSet"/> reads them; at least one.</param>
/// <param name="Terminating">Nobody else is asked about these paths.</param>
public sealed record DelegationTerms(string Name, RoleSigners Signers, IReadOnlyList<string> Paths, bool Terminating)
{
    /// <summary>Those of targets that <see cref="MetadataWriter"/> made, in their order; to go on from when one changes.</summary>
    /// <exception cref="UpdateException">No targets, ones with other keys than Ed25519, or with roles by hash.</exception>
    public static IReadOnlyList<DelegationTerms> Of(ReadOnlyMemory<byte> targets)
    {
        if (TargetsMetadata.Read(targets).Body.Delegations is not { } delegations) return [];
        if (delegations.Bins is not null || delegations.Roles.Any(static role => role.Paths.HashPrefixes.Count > 0))
            throw new UpdateException(UpdateReason.Format, "targets delegate by hash, only paths are written here");
        using var document = JsonDocument.Parse(targets);
        var keys = JsonFields.Object(JsonFields.Object(JsonFields.Object(document.RootElement, "signed"), "delegations"), "keys");
        return [.. delegations.Roles.Select(role => new DelegationTerms(
            role.Name, new RoleSigners([.. role.Keys.KeyIds.Select(id => WrittenKey.Read(keys, id))], checked((int)role.Keys.Threshold)),
            role.Paths.Patterns, role.Terminating))];
    }
}
