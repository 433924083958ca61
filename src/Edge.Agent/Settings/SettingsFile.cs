using System.Globalization;
using System.Text.Json;
using Edge.Agent.Yaml;

namespace Edge.Agent.Settings;

/// <summary>A settings file, YAML or JSON by its ending, as flat keys: <c>a:b</c> for mappings,
/// <c>a:0</c> for lists. An empty list or mapping gives no key.</summary>
internal static class SettingsFile
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 16;

    /// <exception cref="SettingsException">Not there, too large, or not what its ending says; the message names file and line.</exception>
    public static Dictionary<string, string?> Read(string path)
    {
        string text;
        try
        {
            if (new FileInfo(path).Length > MaxBytes) throw Refuse(path, $"is larger than {MaxBytes} bytes");
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{path}: {error.Message}"], error);
        }

        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? FromJson(path, text) : FromYaml(path, text);
    }

    private static Dictionary<string, string?> FromYaml(string path, string text)
    {
        var keys = NewKeys();
        try
        {
            if (YamlReader.Read(text) is { } root) Walk(path, root, "", 0, keys);
        }
        catch (YamlFormatException error)
        {
            throw new SettingsException([$"{path}, line {error.Line}, column {error.Column}: {error.Message}"], error);
        }

        return keys;
    }

    private static void Walk(string path, YamlNode node, string prefix, int depth, Dictionary<string, string?> keys)
    {
        if (depth > MaxDepth) throw Refuse(path, $"line {node.Line}: nested deeper than {MaxDepth}");
        switch (node)
        {
            case YamlMapping mapping:
                foreach (var (name, value) in mapping.Entries)
                {
                    if (name.Value.Length == 0) throw Refuse(path, $"line {name.Line}: a key must be a word");
                    Walk(path, value, Join(prefix, name.Value), depth + 1, keys);
                }

                break;
            case YamlSequence sequence:
                for (var i = 0; i < sequence.Items.Count; i++)
                    Walk(path, sequence.Items[i], Join(prefix, i.ToString(CultureInfo.InvariantCulture)), depth + 1, keys);
                break;
            case YamlScalar scalar when prefix.Length > 0:
                Put(path, prefix, IsNull(scalar) ? null : scalar.Value, keys);
                break;
            default:
                if (node is not YamlScalar { Value: "" }) throw Refuse(path, $"line {node.Line}: the file must be a mapping of sections");
                break;
        }
    }

    private static bool IsNull(YamlScalar scalar) => scalar.IsPlain && scalar.Value is "" or "~" or "null";

    private static Dictionary<string, string?> FromJson(string path, string text)
    {
        var keys = NewKeys();
        try
        {
            using var document = JsonDocument.Parse(
                text, new JsonDocumentOptions { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw Refuse(path, "the file must be an object of sections");
            Walk(path, document.RootElement, "", keys);
        }
        catch (JsonException error)
        {
            throw new SettingsException([$"{path}, line {error.LineNumber + 1}: {error.Message}"], error);
        }

        return keys;
    }

    private static void Walk(string path, JsonElement element, string prefix, Dictionary<string, string?> keys)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Walk(path, property.Value, Join(prefix, property.Name), keys);
                break;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in element.EnumerateArray()) Walk(path, item, Join(prefix, (i++).ToString(CultureInfo.InvariantCulture)), keys);
                break;
            case JsonValueKind.Null:
                Put(path, prefix, null, keys);
                break;
            default:
                Put(path, prefix, element.ToString(), keys);
                break;
        }
    }

    private static void Put(string path, string key, string? value, Dictionary<string, string?> keys)
    {
        if (!keys.TryAdd(key, value)) throw Refuse(path, $"key '{key}' stands twice");
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}:{name}";

    private static Dictionary<string, string?> NewKeys() => new(StringComparer.OrdinalIgnoreCase);

    private static SettingsException Refuse(string path, string why) => new([$"{path}: {why}"]);
}
