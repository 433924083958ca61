namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Models that no rollout may bring to a device again.</summary>
public interface IModelQuarantine
{
    /// <summary>False when there is no such model. A repeat changes nothing.</summary>
    Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation);
}
