namespace Cloud.Hub.Redistribution.Rollouts;

internal sealed class RolloutDirectoryGrain([PersistentState("directory")] IPersistentState<RolloutDirectory> directory) : Grain, IRolloutDirectoryGrain
{
    /// <summary>Ended rollouts past this leave the list, oldest first; their grains keep their state.</summary>
    private const int MaxListed = 1_000;

    public async Task<DeviceClaim[]> ClaimAsync(string rolloutId, string[] deviceIds)
    {
        var state = directory.State;
        var wanted = deviceIds.ToHashSet(StringComparer.Ordinal);
        var taken = state.Claims.Where(claim => claim.Key != rolloutId)
            .SelectMany(claim => claim.Value.Where(wanted.Contains).Select(device => new DeviceClaim(device, claim.Key))).ToArray();
        if (taken.Length > 0) return taken;

        state.Claims[rolloutId] = deviceIds;
        if (!state.Rollouts.Contains(rolloutId)) state.Rollouts.Add(rolloutId);
        while (state.Rollouts.Count > MaxListed && state.Rollouts.FirstOrDefault(id => !state.Claims.ContainsKey(id)) is { } oldest) state.Rollouts.Remove(oldest);
        await directory.WriteStateAsync();
        return [];
    }

    public Task ReleaseAsync(string rolloutId) => directory.State.Claims.Remove(rolloutId) ? directory.WriteStateAsync() : Task.CompletedTask;

    public Task ForgetAsync(string rolloutId)
    {
        directory.State.Claims.Remove(rolloutId);
        directory.State.Rollouts.Remove(rolloutId);
        return directory.WriteStateAsync();
    }

    public Task<string[]> ActiveAsync() => Task.FromResult(directory.State.Claims.Keys.ToArray());

    public Task<string[]> AllAsync() => Task.FromResult(Enumerable.Reverse(directory.State.Rollouts).ToArray());
}
