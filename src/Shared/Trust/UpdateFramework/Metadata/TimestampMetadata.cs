using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Says, often, which snapshot is the present one (specification 4.6).</summary>
public sealed record TimestampMetadata(RoleHeader Header, MetadataVersion Snapshot)
{
    public const string Type = "timestamp";

    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static SignedFile<TimestampMetadata> Read(ReadOnlyMemory<byte> bytes) => SignedFile.Read(bytes, Type, Read);

    private static TimestampMetadata Read(JsonElement signed, RoleHeader header) =>
        new(header, MetadataVersion.Read(JsonFields.Object(JsonFields.Object(signed, "meta"), "snapshot.json")));
}
