namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>A device that a running rollout is aimed at by now, and that it does not have.</summary>
/// <param name="PreviousDigest">What it goes back to; null: nothing.</param>
internal sealed record Joiner(string DeviceId, string? PreviousDigest);
