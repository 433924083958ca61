namespace Edge.Agent.Reasoning;

/// <summary>The conditions of a rule set and what each came to at the newest frame, with its hysteresis. No allocation per frame.
/// Not thread-safe.</summary>
/// <remarks>Every condition is judged, also where the outcome above it is clear: each keeps its own hysteresis.</remarks>
internal sealed class ConditionTree(RuleSet set)
{
    private readonly RuleNode[] _nodes = [.. set.Nodes];
    private readonly int[] _children = [.. set.Children];
    private readonly Truth[] _truths = new Truth[set.Nodes.Count];
    private readonly bool[] _latched = new bool[set.Nodes.Count];

    /// <summary>Forgets every hysteresis.</summary>
    public void Clear() => Array.Clear(_latched);

    /// <summary>Whether a condition held when last judged; an unknown one does not.</summary>
    public bool Holds(int node) => _truths[node] == Truth.True;

    /// <param name="values">Of each signal; NaN where it has none.</param>
    public void Judge(ReadOnlySpan<float> values)
    {
        for (var i = 0; i < _nodes.Length; i++)
        {
            ref readonly var node = ref _nodes[i];
            _truths[i] = node.Signal >= 0 ? Compare(i, node, values[node.Signal]) : Join(node);
        }
    }

    private Truth Compare(int index, in RuleNode node, float value)
    {
        if (float.IsNaN(value)) return Truth.Unknown;
        var level = _latched[index] ? node.Clear : node.Raise;
        var holds = node.Kind == NodeKind.Above ? value > level : value < level;
        _latched[index] = holds;
        return holds ? Truth.True : Truth.False;
    }

    // A node stands behind its children, so they are judged.
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
}
