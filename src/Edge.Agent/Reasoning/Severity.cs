namespace Edge.Agent.Reasoning;

/// <summary>Words of <see cref="Hmas.Contracts.Facts.AlarmEvent.Severity"/>, in lower case.</summary>
internal enum Severity
{
    Info,
    Warning,
    Critical,
}
