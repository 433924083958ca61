using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Cloud.Hub.Host.Settings;

/// <summary>A settings file, YAML or JSON (which YAML reads too), as flat configuration keys.</summary>
internal static class SettingsFile
{
    private const long MaxBytes = 1024 * 1024;

    /// <exception cref="HubStartException">No such file, not YAML, or a key that is no setting: file, line and key are named.</exception>
    public static IReadOnlyDictionary<string, string?> Read(string path, SettingsSchema schema)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new HubStartException($"settings: there is no file {path}");
        if (info.Length > MaxBytes) throw new HubStartException($"{path}: larger than {MaxBytes} bytes");

        var stream = new YamlStream();
        try
        {
            using var text = info.OpenText();
            stream.Load(text);
        }
        catch (YamlException e)
        {
            throw new HubStartException($"{path}:{e.Start.Line}: {e.Message}", e);
        }

        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (stream.Documents.Count == 0) return settings;
        if (stream.Documents.Count > 1) throw new HubStartException($"{path}: holds more than one document");
        if (stream.Documents[0].RootNode is not YamlMappingNode root) throw new HubStartException($"{path}:1: must be a mapping of settings");
        Flatten(path, root, "", schema, settings);
        return settings;
    }

    private static void Flatten(string path, YamlMappingNode node, string prefix, SettingsSchema schema, Dictionary<string, string?> settings)
    {
        foreach (var (name, value) in node.Children)
        {
            if (name is not YamlScalarNode { Value: { Length: > 0 } word })
                throw new HubStartException($"{path}:{name.Start.Line}: a key must be a word");
            Add(path, value, prefix.Length == 0 ? word : $"{prefix}:{word}", schema, settings);
        }
    }

    private static void Add(string path, YamlNode value, string key, SettingsSchema schema, Dictionary<string, string?> settings)
    {
        switch (value)
        {
            case YamlMappingNode mapping:
                Flatten(path, mapping, key, schema, settings);
                break;
            case YamlSequenceNode sequence when key.Equals(nameof(HubOptions.Services), StringComparison.OrdinalIgnoreCase):
                settings[key] = string.Join(',', sequence.Children);
                break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++) Add(path, sequence.Children[i], $"{key}:{i}", schema, settings);
                break;
            default:
                Require(path, value, key, schema);
                if (!settings.TryAdd(key, ((YamlScalarNode)value).Value))
                    throw new HubStartException($"{path}:{value.Start.Line}: '{Spelt(key)}' is set twice");
                break;
        }
    }

    private static void Require(string path, YamlNode value, string key, SettingsSchema schema)
    {
        if (schema.Knows(key)) return;
        var near = schema.Nearest(key) is { } known ? $"; did you mean '{Spelt(known)}'?" : "";
        throw new HubStartException($"{path}:{value.Start.Line}: there is no setting '{Spelt(key)}'{near}");
    }

    /// <summary>A configuration key as people write it.</summary>
    /// <param name="between">What stands between its parts: a point in a file, a colon on the command line.</param>
    public static string Spelt(string key, char between = '.') =>
        string.Join(between, key.Split(':').Select(static part => part.Length > 0 ? char.ToLowerInvariant(part[0]) + part[1..] : part));
}
