using System.Text.Json;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Repository;

/// <summary>What a root says: who signs each of the four roles.</summary>
public sealed record TopLevelRoles(RoleSigners Root, RoleSigners Targets, RoleSigners Snapshot, RoleSigners Timestamp)
{
    /// <summary>Of a root that <see cref="MetadataWriter"/> made; to go on from when keys change.</summary>
    /// <exception cref="UpdateException">Not a root, or one with other keys than Ed25519.</exception>
    public static TopLevelRoles Of(ReadOnlyMemory<byte> root)
    {
        var read = RootMetadata.Read(root).Body;
        using var document = JsonDocument.Parse(root);
        var keys = JsonFields.Object(JsonFields.Object(document.RootElement, "signed"), "keys");
        RoleSigners Signers(RoleKeys role) => new([.. role.KeyIds.Select(id => WrittenKey.Read(keys, id))], checked((int)role.Threshold));
        return new TopLevelRoles(Signers(read.Root), Signers(read.Targets), Signers(read.Snapshot), Signers(read.Timestamp));
    }
}
