namespace Edge.Agent.Reasoning;

/// <summary>What a change means for a rule's actuator.</summary>
internal enum Turn
{
    /// <summary>Nothing: it has no actuator, had it already, or another rule holds it.</summary>
    None,

    /// <summary>The rule takes the actuator.</summary>
    Act,

    /// <summary>The rule let go and no other wants it.</summary>
    Release,
}
