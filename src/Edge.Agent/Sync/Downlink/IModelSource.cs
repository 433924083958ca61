using Hmas.Contracts.Twins;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Where package files come from.</summary>
internal interface IModelSource
{
    /// <summary>Grows <paramref name="partPath"/> to the assigned package's size; what is there already is not fetched again.</summary>
    /// <exception cref="Models.ModelRefusal"><c>download</c>: not to be had within the time limit, or not the promised size.</exception>
    Task FetchAsync(ModelAssignment assignment, string partPath, CancellationToken ct);
}
