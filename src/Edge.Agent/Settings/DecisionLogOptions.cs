namespace Edge.Agent.Settings;

/// <summary>One CSV line per scored window, for those who judge the detector. Section <c>decisionLog</c>.</summary>
internal sealed class DecisionLogOptions
{
    /// <summary>Appended to; null: none. It grows without a bound: for tests and trials.</summary>
    public string? File { get; set; }
}
