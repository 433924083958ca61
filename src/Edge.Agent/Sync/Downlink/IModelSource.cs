using Hmas.Contracts.Twins;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Where package files come from.</summary>
internal interface IModelSource
{
    /// <summary>Grows <paramref name="part"/> to the assigned package's size; what is there already is not fetched again.</summary>
    /// <param name="part">In memory or a file; can seek, read and be cut.</param>
    /// <returns>Whether all of it is the hub's file, as one download gave it. False: a delta, somebody near by or an earlier try had a part in it,
    /// so that another try with the whole file may give other bytes.</returns>
    /// <exception cref="Models.ModelRefusal"><c>download</c>: not to be had within the time limit, or not the promised size.</exception>
    /// <exception cref="Hmas.Storage.StorageException">The disk takes no more of it.</exception>
    Task<bool> FetchAsync(ModelAssignment assignment, Stream part, CancellationToken ct);
}
