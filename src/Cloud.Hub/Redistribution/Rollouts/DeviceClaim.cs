namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>A device is held by a rollout.</summary>
/// <param name="Priority">Of the rollout.</param>
internal sealed record DeviceClaim(string DeviceId, string RolloutId, int Priority);
