using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Which versions of all targets roles belong together (specification 4.4).</summary>
/// <param name="Files">By file name, <c>targets.json</c> among them.</param>
public sealed record SnapshotMetadata(RoleHeader Header, IReadOnlyDictionary<string, MetadataVersion> Files)
{
    public const string Type = "snapshot";

    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static SignedFile<SnapshotMetadata> Read(ReadOnlyMemory<byte> bytes) => SignedFile.Read(bytes, Type, Read);

    private static SnapshotMetadata Read(JsonElement signed, RoleHeader header)
    {
        var files = JsonFields.Object(signed, "meta").EnumerateObject()
            .ToDictionary(JsonFields.NameOf, file => MetadataVersion.Read(file.Value), StringComparer.Ordinal);
        return files.ContainsKey("targets.json")
            ? new SnapshotMetadata(header, files) : throw new UpdateException(UpdateReason.Format, "'targets.json' is not listed");
    }
}
