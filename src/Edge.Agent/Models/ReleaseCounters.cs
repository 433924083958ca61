using System.Text.Json;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>The highest release of each artefact that was ever active: what keeps an older one out. Two
/// sealed copies on disk; one may rot and nothing is forgotten.</summary>
/// <remarks>Files <c>releases.a</c> and <c>releases.b</c> (docs/formats/model-slots.md). One loop owns it.</remarks>
internal sealed class ReleaseCounters
{
    private static readonly string[] Copies = ["releases.a", "releases.b"];

    private readonly string _folder;
    private Dictionary<string, long> _highest;

    private ReleaseCounters(string folder, Dictionary<string, long> highest) => (_folder, _highest) = (folder, highest);

    public IReadOnlyDictionary<string, long> Highest => _highest;

    /// <summary>What either copy knows, the higher of the two for each artefact; a copy that cannot be
    /// read is logged, and mended with the next change.</summary>
    public static ReleaseCounters Open(string folder, ILogger logger)
    {
        Directory.CreateDirectory(folder);
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var copy in Copies)
        {
            var path = Path.Combine(folder, copy);
            if (!File.Exists(path)) continue;
            if (Read(path) is { } known) Merge(highest, known);
            else logger.CountersUnreadable(path);
        }

        return new ReleaseCounters(folder, highest);
    }

    /// <summary>These releases are, or are about to be, active; on return both copies say so. What they say never falls.</summary>
    /// <exception cref="StorageException">Not on disk.</exception>
    public void Raise(IEnumerable<KeyValuePair<string, long>> releases)
    {
        var next = new Dictionary<string, long>(_highest, StringComparer.Ordinal);
        Merge(next, releases);
        var bytes = CheckedPayload.Seal(JsonSerializer.SerializeToUtf8Bytes(next, ModelsJson.Default.DictionaryStringInt64));
        foreach (var copy in Copies) AtomicFile.Write(Path.Combine(_folder, copy), bytes, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _highest = next;
    }

    private static void Merge(Dictionary<string, long> into, IEnumerable<KeyValuePair<string, long>> releases)
    {
        foreach (var (artefact, release) in releases) into[artefact] = Math.Max(release, into.GetValueOrDefault(artefact));
    }

    private static Dictionary<string, long>? Read(string path)
    {
        if (!CheckedPayload.TryOpen(File.ReadAllBytes(path), out var json)) return null;
        try
        {
            return JsonSerializer.Deserialize(json, ModelsJson.Default.DictionaryStringInt64);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
