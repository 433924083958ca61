namespace Edge.Agent.Settings;

/// <summary>Section <c>rules</c>.</summary>
internal sealed class RulesOptions
{
    /// <summary>Rule file; null: no rules, the device only watches.</summary>
    public string? File { get; set; }
}
