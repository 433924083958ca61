namespace Edge.Agent.Yaml;

/// <summary>A list, in order.</summary>
internal sealed class YamlSequence(int line, int column, IReadOnlyList<YamlNode> items) : YamlNode(line, column)
{
    public IReadOnlyList<YamlNode> Items => items;
}
