using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Length and hashes that a file must have.</summary>
/// <param name="Length">Bytes; null when not stated.</param>
/// <param name="Hashes">By algorithm, lower-case hexadecimal; may be empty where the format allows it.</param>
public sealed record FileFacts(long? Length, IReadOnlyDictionary<string, string> Hashes)
{
    /// <summary>Reads optional "length" and "hashes".</summary>
    internal static FileFacts Read(JsonElement parent)
    {
        long? length = parent.TryGetProperty("length", out _) ? JsonFields.Integer(parent, "length", min: 0) : null;
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!parent.TryGetProperty("hashes", out _)) return new FileFacts(length, hashes);
        foreach (var hash in JsonFields.Object(parent, "hashes").EnumerateObject())
            hashes[JsonFields.NameOf(hash)] = JsonFields.TextOf(hash.Value).ToLowerInvariant();
        return hashes.Count > 0 ? new FileFacts(length, hashes) : throw new UpdateException(UpdateReason.Format, "'hashes' is there but empty");
    }
}
