namespace Edge.Agent.Settings;

/// <summary>The settings cannot be used. Each problem names where it stands (file and key, variable or option) and why.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems, Exception? inner = null)
    : Exception(string.Join(Environment.NewLine, problems), inner)
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
