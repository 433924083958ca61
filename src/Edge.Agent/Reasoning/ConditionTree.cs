namespace Edge.Agent.Reasoning;

/// <summary>The conditions of a rule set and what each came to at the newest frame, with its hysteresis. No allocation per frame.
/// Not thread-safe.</summary>
/// <remarks>Every condition is judged, also where the outcome above it is clear: each keeps its own hysteresis. First all comparisons, in
/// one form, then what joins them: a switch over each node is a jump that the processor guesses wrong after a run of the model.</remarks>
internal sealed class ConditionTree
{
    private readonly Comparison[] _comparisons;
    private readonly (int Index, RuleNode Node)[] _joins;
    private readonly int[] _children;
    private readonly Truth[] _truths;

    public ConditionTree(RuleSet set)
    {
        var nodes = set.Nodes.Select(static (node, index) => (Index: index, Node: node)).ToList();
        _comparisons = [.. nodes.Where(static at => at.Node.Signal >= 0).Select(static at => new Comparison(at.Index, at.Node))];
        _joins = [.. nodes.Where(static at => at.Node.Signal < 0)];
        _children = [.. set.Children];
        _truths = new Truth[nodes.Count];
    }

    /// <summary>Forgets every hysteresis.</summary>
    public void Clear()
    {
        foreach (ref var comparison in _comparisons.AsSpan()) comparison.Level = comparison.Raise;
    }

    /// <summary>Whether a condition held when last judged; an unknown one does not.</summary>
    public bool Holds(int node) => _truths[node] == Truth.True;

    /// <param name="values">Of each signal; NaN where it has none.</param>
    public void Judge(ReadOnlySpan<float> values)
    {
        var truths = _truths;
        foreach (ref var comparison in _comparisons.AsSpan()) truths[comparison.Index] = Compare(ref comparison, values[comparison.Signal]);
        // A node stands behind its children, so they are judged.
        foreach (ref readonly var join in _joins.AsSpan()) truths[join.Index] = Join(join.Node);
    }

    private static Truth Compare(ref Comparison comparison, float value)
    {
        if (float.IsNaN(value)) return Truth.Unknown;
        var holds = value * comparison.Sign > comparison.Level;
        comparison.Level = holds ? comparison.Clear : comparison.Raise;
        return holds ? Truth.True : Truth.False;
    }

    private Truth Join(in RuleNode node)
    {
        if (node.Kind == NodeKind.Not)
            return _truths[_children[node.FirstChild]] switch { Truth.True => Truth.False, Truth.False => Truth.True, _ => Truth.Unknown };
        var decisive = node.Kind == NodeKind.All ? Truth.False : Truth.True;
        var result = node.Kind == NodeKind.All ? Truth.True : Truth.False;
        foreach (var child in _children.AsSpan(node.FirstChild, node.ChildCount))
        {
            if (_truths[child] == decisive) return decisive;
            if (_truths[child] == Truth.Unknown) result = Truth.Unknown;
        }

        return result;
    }

    /// <summary>Value × sign above the level, which is the raising one until it holds and the clearing one while it does: below a level is
    /// above it with both signs turned.</summary>
    private struct Comparison(int index, RuleNode node)
    {
        public readonly int Index = index;
        public readonly int Signal = node.Signal;
        public readonly float Sign = SignOf(node);
        public readonly float Raise = node.Raise * SignOf(node);
        public readonly float Clear = node.Clear * SignOf(node);
        public float Level = node.Raise * SignOf(node);

        private static float SignOf(RuleNode node) => node.Kind == NodeKind.Above ? 1 : -1;
    }
}
