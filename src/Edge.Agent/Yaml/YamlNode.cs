namespace Edge.Agent.Yaml;

/// <summary>A part of a YAML document and where it begins.</summary>
/// <param name="line">From 1.</param>
/// <param name="column">From 1.</param>
internal abstract class YamlNode(int line, int column)
{
    public int Line => line;

    public int Column => column;
}
