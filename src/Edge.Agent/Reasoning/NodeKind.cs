namespace Edge.Agent.Reasoning;

internal enum NodeKind
{
    All,
    Any,
    Not,
    Above,
    Below,
}
