namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Bringing a model to devices, group by group, by their behaviour.</summary>
public interface IRollouts
{
    /// <exception cref="RolloutRefusedException">No such model, quarantined, nothing matches, or a device is in another rollout: the message says which.</exception>
    Task<RolloutView> StartAsync(RolloutRequest request, CancellationToken cancellation);

    Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation);

    /// <summary>Null when there is no such rollout.</summary>
    /// <exception cref="RolloutRefusedException">It does not fit the rollout's state, or a device is in another rollout.</exception>
    Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation);

    /// <summary>Takes the devices of one group back and ends the rollout; the other groups keep what they have. Null when there is no such rollout.</summary>
    /// <exception cref="RolloutRefusedException">It does not fit the rollout's state, it has no such group or told nobody of it, or a device is in another rollout.</exception>
    Task<RolloutView?> RestoreGroupAsync(string rolloutId, string group, string who, CancellationToken cancellation);
}
