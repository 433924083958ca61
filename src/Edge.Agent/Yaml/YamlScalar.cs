namespace Edge.Agent.Yaml;

/// <summary>Text; what it means is the reader's to say. An absent value is plain and empty.</summary>
/// <param name="isPlain">Neither quoted nor a block: only then may <c>null</c> mean null.</param>
internal sealed class YamlScalar(int line, int column, string value, bool isPlain) : YamlNode(line, column)
{
    public string Value => value;

    public bool IsPlain => isPlain;
}
