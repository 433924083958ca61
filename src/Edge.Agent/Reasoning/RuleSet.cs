namespace Edge.Agent.Reasoning;

/// <summary>Rules compiled to flat arrays: conditions, their children, and the signals they share.</summary>
/// <param name="Nodes">Each behind its children.</param>
internal sealed record RuleSet(
    IReadOnlyList<Rule> Rules, IReadOnlyList<RuleNode> Nodes, IReadOnlyList<int> Children, IReadOnlyList<RuleSignal> Signals)
{
    public static RuleSet Empty { get; } = new([], [], [], []);
}
