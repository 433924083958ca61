namespace Edge.Agent.Reasoning;

internal enum DecisionKind
{
    /// <summary>The rule's condition holds, past its debounce.</summary>
    Raised,

    /// <summary>The condition ended, past its hold.</summary>
    Cleared,

    /// <summary>A rule of higher priority let go of the actuator; this rule, still raised, commands it again.</summary>
    Resumed,
}
