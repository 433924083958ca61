using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Everything that the registry knows of one artefact.</summary>
/// <param name="Licence">SPDX expression; null: nobody said.</param>
/// <param name="IsSigned">The image repository vouches for it: it may be rolled out.</param>
/// <param name="CondemnedAt">Nothing has referred to it since, and it will be deleted; null: it stays.</param>
/// <param name="Model">Of a model; null otherwise, or when it was added before this was looked at.</param>
/// <param name="Lineage">Of a model; null otherwise.</param>
/// <param name="Metrics">Of a model, by slice; null otherwise.</param>
/// <param name="Parts">Of a bundle; null otherwise.</param>
public sealed record ArtefactDetails(
    ArtefactEntry Entry, string? Licence, bool IsSigned, DateTimeOffset? CondemnedAt, IReadOnlyList<Approval> Approvals, ModelFacts? Model,
    Lineage? Lineage,
    IReadOnlyDictionary<string, SliceMetrics>? Metrics, IReadOnlyList<BundlePart>? Parts);
