namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a rollout's grain keeps; null until it begins.</summary>
internal sealed record RolloutDocument
{
    public RolloutState? Rollout { get; set; }
}
