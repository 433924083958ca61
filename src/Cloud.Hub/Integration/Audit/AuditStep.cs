namespace Cloud.Hub.Integration.Audit;

/// <summary>One link of the chain from samples to devices.</summary>
/// <param name="Link"><c>sample</c>, <c>label</c>, <c>data</c>, <c>training</c>, <c>parent</c>, <c>package</c>,
/// <c>signature</c>, <c>approval</c>, <c>rollout</c>, <c>device</c> or <c>answer</c>.</param>
/// <param name="From">What it begins at, by the name to ask on with: a sample id, a digest, a run, a rollout, a device.</param>
/// <param name="To">What it leads to; null: nothing.</param>
/// <param name="Says">What was looked at, for people.</param>
public sealed record AuditStep(string Link, string From, string? To, AuditFinding Finding, string Says);
