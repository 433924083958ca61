namespace Edge.Agent.Reasoning;

/// <summary>A condition with what follows from it.</summary>
internal sealed record Rule
{
    public required string Id { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Larger wins where two rules want the same actuator.</summary>
    public required int Priority { get; init; }

    /// <summary>Index of the root condition in the set's nodes.</summary>
    public required int Root { get; init; }

    public required Debounce Debounce { get; init; }

    /// <summary>The rule stays raised until its condition has been gone for this long.</summary>
    public required long HoldUs { get; init; }

    /// <summary>Commanded while raised; null: the rule only tells.</summary>
    public ActuatorCommand? Action { get; init; }

    /// <summary>Commanded when it clears and no other rule wants the actuator; null: the actuator stays.</summary>
    public ActuatorCommand? Release { get; init; }
}
