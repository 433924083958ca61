namespace Edge.Agent.Reasoning;

/// <summary>One condition of a rule's tree. Children stand one after the other in the set's child list.</summary>
/// <param name="Signal">Index of the compared signal; -1 for all, any and not.</param>
/// <param name="Raise">Above: holds from beyond this on. Below: from under this on.</param>
/// <param name="Clear">Once it holds, it ends only at or behind this level.</param>
internal readonly record struct RuleNode(NodeKind Kind, int Signal, float Raise, float Clear, int FirstChild, int ChildCount);
