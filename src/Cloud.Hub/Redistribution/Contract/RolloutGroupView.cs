namespace Cloud.Hub.Redistribution.Contract;

public sealed record RolloutGroupView
{
    public required string Name { get; init; }

    /// <summary><c>waiting</c>, <c>deploying</c>, <c>observing</c>, <c>passed</c>, <c>failed</c>, <c>restored</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<RolloutDeviceView> Devices { get; init; }

    public GateEvidence? Evidence { get; init; }
}
