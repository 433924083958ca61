using System.Text.Json;
using Hmas.Trust.UpdateFramework.Signatures;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Which keys speak for which top-level role (specification 4.3).</summary>
/// <param name="ConsistentSnapshot">Whether files carry their version or hash in front of their name.</param>
/// <param name="Keys">By key id.</param>
public sealed record RootMetadata(
    RoleHeader Header, bool ConsistentSnapshot, IReadOnlyDictionary<string, VerificationKey> Keys, RoleKeys Root, RoleKeys Timestamp,
    RoleKeys Snapshot, RoleKeys Targets)
{
    public const string Type = "root";

    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static SignedFile<RootMetadata> Read(ReadOnlyMemory<byte> bytes) => SignedFile.Read(bytes, Type, Read);

    /// <summary>Whether a key of this root's role is no key of the later one's, or another key goes by its id there.</summary>
    internal bool LosesAKeyIn(RootMetadata later, Func<RootMetadata, RoleKeys> role) =>
        role(this).KeyIds.Any(id => !role(later).KeyIds.Contains(id, StringComparer.Ordinal)
            || Keys.GetValueOrDefault(id)?.Identity != later.Keys.GetValueOrDefault(id)?.Identity);

    private static RootMetadata Read(JsonElement signed, RoleHeader header)
    {
        var roles = JsonFields.Object(signed, "roles");
        RoleKeys KeysOf(string role) => RoleKeys.Read(JsonFields.Object(roles, role));
        // Absent means no: metadata older than the field.
        var consistent = signed.TryGetProperty("consistent_snapshot", out _) && JsonFields.Flag(signed, "consistent_snapshot");
        return new RootMetadata(header, consistent, VerificationKey.ReadAll(JsonFields.Object(signed, "keys")),
            KeysOf(Type), KeysOf(TimestampMetadata.Type), KeysOf(SnapshotMetadata.Type), KeysOf(TargetsMetadata.Type));
    }
}
