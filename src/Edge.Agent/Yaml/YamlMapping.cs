namespace Edge.Agent.Yaml;

/// <summary>Keys, each once, and their values, in order.</summary>
internal sealed class YamlMapping(int line, int column) : YamlNode(line, column)
{
    private readonly List<(YamlScalar Key, YamlNode Value)> _entries = [];
    private readonly Dictionary<string, YamlNode> _byKey = new(StringComparer.Ordinal);

    public IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries => _entries;

    /// <summary>Null: there is no such key.</summary>
    public YamlNode? this[string key] => _byKey.GetValueOrDefault(key);

    /// <exception cref="YamlFormatException">The key stands there already.</exception>
    public void Add(YamlScalar key, YamlNode value)
    {
        if (!_byKey.TryAdd(key.Value, value)) throw new YamlFormatException(key.Line, key.Column, $"key '{key.Value}' stands twice");
        _entries.Add((key, value));
    }
}
