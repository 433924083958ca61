namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Bringing a model to devices, group by group, by their behaviour.</summary>
public interface IRollouts
{
    /// <summary>Begins one. It waits for devices that another rollout holds, unless its priority is higher.</summary>
    /// <exception cref="RolloutRefusedException">No such model, quarantined, or nothing matches: the message says which.</exception>
    Task<RolloutView> StartAsync(RolloutRequest request, CancellationToken cancellation);

    Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation);

    /// <summary>Newest first, 1,000 at most. One that is, or has a group, in a state that this hub does not know is left out, logged and
    /// counted.</summary>
    Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation);

    /// <summary>A page of the same.</summary>
    /// <param name="before">Id of the last one of the page before; null: from the newest on. One that there is not gives an empty page.</param>
    /// <param name="limit">1 to 1,000.</param>
    Task<IReadOnlyList<RolloutView>> PageAsync(string? before, int limit, CancellationToken cancellation);

    /// <summary>Null when there is no such rollout.</summary>
    /// <exception cref="RolloutRefusedException">It does not fit the rollout's state, or a device is in another rollout.</exception>
    Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation);

    /// <summary>Takes the devices of one group back and ends the rollout; the other groups keep what
    /// they have. Null when there is no such rollout.</summary>
    /// <exception cref="RolloutRefusedException">It does not fit the rollout's state, it has no such group or
    /// told nobody of it, or a device is in another rollout.</exception>
    Task<RolloutView?> RestoreGroupAsync(string rolloutId, string group, string who, CancellationToken cancellation);
}
