namespace Cloud.Hub.Integration.Audit;

/// <summary>What was found of one link of the chain.</summary>
public enum AuditFinding
{
    /// <summary>Both ends say the same.</summary>
    Holds,

    /// <summary>There is nothing on its other end, and need not be: a model that no rollout has
    /// taken, a sample that nobody has learnt from.</summary>
    Open,

    /// <summary>The two ends do not fit together, or one that should be there is gone.</summary>
    Broken,
}
