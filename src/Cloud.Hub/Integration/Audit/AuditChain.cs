namespace Cloud.Hub.Integration.Audit;

/// <summary>The chain as it was walked from one end or from its middle.</summary>
/// <param name="Subject"><c>model</c>, <c>device</c> or <c>sample</c>.</param>
public sealed record AuditChain(string Subject, string Id, IReadOnlyList<AuditStep> Steps)
{
    /// <summary>No link is broken.</summary>
    public bool IsWhole => Steps.All(static step => step.Finding != AuditFinding.Broken);
}
