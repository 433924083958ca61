using System.Globalization;

namespace Edge.Agent.Reasoning;

/// <summary>Says in words which conditions of a rule hold, or that they ended.</summary>
internal static class RuleReasons
{
    private const int MaxReasons = 16;

    public static IReadOnlyList<string> Of(RuleSet set, int root, ReadOnlySpan<float> values, bool raised)
    {
        var reasons = new List<string>();
        Collect(set, root, values, raised, negated: false, reasons);
        return reasons;
    }

    private static void Collect(RuleSet set, int index, ReadOnlySpan<float> values, bool raised, bool negated, List<string> reasons)
    {
        if (reasons.Count == MaxReasons) return;
        var node = set.Nodes[index];
        for (var i = 0; i < node.ChildCount; i++)
        {
            Collect(set, set.Children[node.FirstChild + i], values, raised, negated ^ (node.Kind == NodeKind.Not), reasons);
        }

        if (node.Signal < 0) return;
        var value = values[node.Signal];
        var label = set.Signals[node.Signal].Label;
        if (float.IsNaN(value))
        {
            if (!raised) reasons.Add($"{label} has no value");
            return;
        }

        var above = node.Kind == NodeKind.Above;
        var level = raised ^ negated ? node.Raise : node.Clear;

        // A latched condition may hold between its two levels; then the clearing level is the one it is judged by.
        var holds = above ? value > node.Clear : value < node.Clear;
        if (raised && holds == negated) return;
        var relation = holds ? (above ? "above" : "below") : above ? "not above" : "not below";
        reasons.Add(string.Create(CultureInfo.InvariantCulture, $"{label} {value:G4} {relation} {level:G4}"));
    }
}
