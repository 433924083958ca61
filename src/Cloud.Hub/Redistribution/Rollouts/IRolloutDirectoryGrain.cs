namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Which rollouts there are and which device belongs to which: one grain (key 0), so that two rollouts cannot take the same device.</summary>
internal interface IRolloutDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>Takes devices for a rollout, all or none. Answers those that are taken, with the rollout that has them; empty: taken now.</summary>
    Task<DeviceClaim[]> ClaimAsync(string rolloutId, string[] deviceIds);

    /// <summary>Lets a rollout's devices go. The rollout stays listed.</summary>
    Task ReleaseAsync(string rolloutId);

    /// <summary>Takes a rollout off the list: it never began.</summary>
    Task ForgetAsync(string rolloutId);

    Task<string[]> ActiveAsync();

    /// <summary>Newest first.</summary>
    Task<string[]> AllAsync();
}
