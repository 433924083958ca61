using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>A file that may be installed.</summary>
/// <param name="Path">Its name in the repository, as the signers wrote it.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hashes">By algorithm, lower-case hexadecimal; at least one.</param>
/// <param name="Custom">What else the signers say of it; null when nothing.</param>
public sealed record TargetFile(string Path, long Length, IReadOnlyDictionary<string, string> Hashes, JsonElement? Custom)
{
    internal static TargetFile Read(string path, JsonElement entry)
    {
        var facts = FileFacts.Read(entry);
        if (facts.Length is not { } length || facts.Hashes.Count == 0)
            throw new UpdateException(UpdateReason.Format, $"target '{path}' lacks length or hashes");
        return new TargetFile(path, length, facts.Hashes, entry.TryGetProperty("custom", out var custom) ? custom.Clone() : null);
    }
}
