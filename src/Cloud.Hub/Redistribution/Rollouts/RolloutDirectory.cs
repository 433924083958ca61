namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What the directory's grain keeps.</summary>
internal sealed record RolloutDirectory
{
    /// <summary>Oldest first.</summary>
    public List<string> Rollouts { get; init; } = [];

    /// <summary>Devices of each rollout that has not ended.</summary>
    public Dictionary<string, string[]> Claims { get; init; } = [];
}
