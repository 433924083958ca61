using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Which version of a metadata file belongs to the present state of the repository, and how it must look.</summary>
/// <param name="Version">1 or more.</param>
public sealed record MetadataVersion(long Version, FileFacts Facts)
{
    internal static MetadataVersion Read(JsonElement entry) => new(JsonFields.Integer(entry, "version", min: 1), FileFacts.Read(entry));
}
