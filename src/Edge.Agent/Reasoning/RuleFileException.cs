namespace Edge.Agent.Reasoning;

/// <summary>A rule file that cannot be used, with the place.</summary>
internal sealed class RuleFileException(string file, long line, string field, string reason, Exception? inner = null)
    : Exception(line > 0 ? $"{file}, line {line}, {field}: {reason}" : $"{file}: {reason}", inner)
{
    public string File { get; } = file;

    public long Line { get; } = line;

    public string Field { get; } = field;

    public string Reason { get; } = reason;
}
