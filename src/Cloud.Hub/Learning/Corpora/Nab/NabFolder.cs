using System.Globalization;
using System.Text.Json;

namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>Reads NAB's folder: <c>data/CATEGORY/NAME.csv</c> and, where they are known, <c>labels/combined_windows.json</c>.</summary>
internal static class NabFolder
{
    /// <param name="folder">The folder that holds <c>data</c>, or <c>data</c> itself.</param>
    /// <returns>In the order of their keys.</returns>
    /// <exception cref="CorpusException">No streams, a stream that cannot be read, or windows that do not fit it.</exception>
    public static IReadOnlyList<NabFile> Read(string folder)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var data = Directory.Exists(Path.Combine(root, "data")) ? Path.Combine(root, "data") : root;
        if (!Directory.Exists(data)) throw new CorpusException($"{data}: no such folder");
        var labels = Path.Combine(data == root ? Path.GetDirectoryName(root) ?? root : root, "labels", "combined_windows.json");
        var windows = File.Exists(labels) ? Windows(labels) : [];
        var files = new List<NabFile>();
        foreach (var category in Directory.EnumerateDirectories(data).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(category, "*.csv").Order(StringComparer.Ordinal))
            {
                var key = $"{Path.GetFileName(category)}/{Path.GetFileName(file)}";
                var table = NumberTable.Read(file);
                var stamps = table.Texts("timestamp");
                files.Add(
                    new NabFile(
                        key, stamps, [.. table.Numbers("value")], windows.TryGetValue(key, out var times) ? Rows(file, stamps, times) : null));
            }
        }

        return files.Count > 0 ? files : throw new CorpusException($"{data}: no CATEGORY/NAME.csv in it");
    }

    private static Dictionary<string, (string First, string Last)[]> Windows(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return json.RootElement.EnumerateObject().ToDictionary(
                entry => entry.Name,
                entry => entry.Value.EnumerateArray().Select(window => (Text(window[0]), Text(window[1]))).ToArray(),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new CorpusException($"{file}: no windows by file name: {e.Message}");
        }

        // Labels carry fractions of a second, data files do not.
        static string Text(JsonElement stamp) => stamp.GetString()?.Split('.')[0].Replace('T', ' ') ?? "";
    }

    private static (int, int)[] Rows(string file, string[] stamps, (string First, string Last)[] windows)
    {
        var rows = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < stamps.Length; i++) rows.TryAdd(stamps[i].Split('.')[0].Replace('T', ' '), i);
        return [.. windows.Select(window => (Row(window.First), Row(window.Last)))];

        int Row(string stamp) => rows.TryGetValue(stamp, out var row)
            ? row
            : throw new CorpusException(
                string.Create(CultureInfo.InvariantCulture, $"{file}: window edge {stamp} is none of its {stamps.Length} rows"));
    }
}
