namespace Edge.Agent.Reasoning;

/// <summary>Kleene's three values: a condition over a number that is not there is unknown, and so is its negation.</summary>
internal enum Truth : byte
{
    False,
    True,
    Unknown,
}
