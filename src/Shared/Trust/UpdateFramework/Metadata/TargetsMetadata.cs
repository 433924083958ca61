using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Files that may be installed, and whom else to ask (specification 4.5); the top-level role and delegated ones alike.</summary>
/// <param name="Delegations">Null when the role delegates nothing.</param>
public sealed record TargetsMetadata(RoleHeader Header, IReadOnlyDictionary<string, TargetFile> Targets, Delegations? Delegations)
{
    public const string Type = "targets";

    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static SignedFile<TargetsMetadata> Read(ReadOnlyMemory<byte> bytes) => SignedFile.Read(bytes, Type, Read);

    private static TargetsMetadata Read(JsonElement signed, RoleHeader header)
    {
        var targets = JsonFields.Object(signed, "targets").EnumerateObject()
            .Select(target => TargetFile.Read(JsonFields.NameOf(target), target.Value))
            .ToDictionary(target => target.Path, StringComparer.Ordinal);
        return new TargetsMetadata(
            header, targets, signed.TryGetProperty("delegations", out _) ? Delegations.Read(JsonFields.Object(signed, "delegations")) : null);
    }
}
