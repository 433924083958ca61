namespace Edge.Agent.Yaml;

/// <summary>Not YAML, or YAML beyond what is taken here (see <see cref="YamlReader"/>).</summary>
/// <param name="line">From 1.</param>
/// <param name="column">From 1.</param>
internal sealed class YamlFormatException(int line, int column, string reason) : FormatException(reason)
{
    public int Line => line;

    public int Column => column;
}
