namespace Edge.Agent.Reasoning;

/// <summary>Something a rule decided, with its reasons. Made only when something changes.</summary>
internal sealed record Decision
{
    public required string RuleId { get; init; }

    public required DecisionKind Kind { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Larger wins where two rules want the same actuator.</summary>
    public required int Priority { get; init; }

    /// <summary>The same from raise to clear: rule id and time of the raise.</summary>
    public required string AlarmId { get; init; }

    public required long TimestampUs { get; init; }

    /// <summary>Each condition that held (or ended), with its value.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>To carry out now; null when the rule has none or a rule of higher priority holds the actuator.</summary>
    public ActuatorCommand? Command { get; init; }

    /// <summary>Id of the rule that holds the actuator against this one; null if none does.</summary>
    public string? HeldBy { get; init; }
}
