namespace Cloud.Hub.Redistribution.Rollouts;

internal sealed record DeviceClaim(string DeviceId, string RolloutId);
