using System.Globalization;
using Edge.Agent.Yaml;

namespace Edge.Agent.Reasoning;

/// <summary>Typed access to one YAML mapping; every error names file, line, field and reason, and a field nobody asked for is one.</summary>
internal sealed class YamlFields
{
    private readonly string _file;
    private readonly string _path;
    private readonly YamlMapping _node;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public YamlFields(string file, string path, YamlNode node)
    {
        _file = file;
        _path = path;
        _node = node as YamlMapping ?? throw Error(node, path, "must be a mapping of fields");
    }

    public long Line => _node.Line;

    public string Path => _path;

    public bool Has(string field) => _node[field] is not null;

    public YamlNode? Node(string field)
    {
        _asked.Add(field);
        return _node[field];
    }

    public string? Text(string field) => Node(field) switch
    {
        null => null,
        YamlScalar { Value: { Length: > 0 } text } => text,
        var node => throw Error(node, At(field), "must be text"),
    };

    public string RequiredText(string field) => Text(field) ?? throw Missing(field);

    public float? Number(string field)
    {
        if (Text(field) is not { } text) return null;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number)
            ? number
            : throw Bad(field, $"'{text}' is not a number");
    }

    public int? Integer(string field, int least, int most)
    {
        if (Text(field) is not { } text) return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(field, $"'{text}' is not a whole number from {least} to {most}");
    }

    /// <summary>A number with a unit: ms, s, m or h; up to a day.</summary>
    public TimeSpan? Duration(string field)
    {
        if (Text(field) is not { } text) return null;
        var digits = text.AsSpan().TrimEnd("mhs");
        double scale = text[digits.Length..] switch { "ms" => 1e-3, "s" => 1, "m" => 60, "h" => 3600, _ => double.NaN };
        var parsed = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        return parsed && number * scale is >= 0 and <= 86_400
            ? TimeSpan.FromSeconds(number * scale)
            : throw Bad(field, $"'{text}' is not a duration such as 500ms, 10s, 2m or 1h, up to 24h");
    }

    public YamlFields? Mapping(string field) => Node(field) is { } node ? new YamlFields(_file, At(field), node) : null;

    public IReadOnlyList<YamlFields> List(string field, int most)
    {
        if (Node(field) is not { } node) throw Missing(field);
        if (node is not YamlSequence list) throw Error(node, At(field), "must be a list");
        if (list.Items.Count == 0 || list.Items.Count > most) throw Error(node, At(field), $"must have 1 to {most} entries, has {list.Items.Count}");
        return [.. list.Items.Select((child, i) => new YamlFields(_file, $"{At(field)}[{i}]", child))];
    }

    /// <summary>Call after all fields were read.</summary>
    public void RefuseOthers()
    {
        foreach (var (key, _) in _node.Entries)
        {
            if (!_asked.Contains(key.Value))
                throw Error(key, At(key.Value), $"unknown field; known here: {string.Join(", ", _asked.Order(StringComparer.Ordinal))}");
        }
    }

    public RuleFileException Bad(string field, string reason) => Error(Node(field) ?? _node, At(field), reason);

    public RuleFileException Bad(string reason) => Error(_node, _path, reason);

    private RuleFileException Missing(string field) => Error(_node, At(field), "is missing");

    private string At(string field) => _path.Length == 0 ? field : $"{_path}.{field}";

    private RuleFileException Error(YamlNode node, string field, string reason) => new(_file, node.Line, field, reason);
}
