namespace Cloud.Hub.Redistribution.Contract;

/// <summary>How long what this hub's devices trust still holds.</summary>
public interface ITrustStatus
{
    /// <summary>Every role that lies on disk, of both repositories. A director's targets, snapshot and
    /// timestamp do not: they are signed for a device when it asks.</summary>
    Task<IReadOnlyList<TrustRole>> RolesAsync(CancellationToken cancellation);
}
