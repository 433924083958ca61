namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>What one pass over the fleet found for a request.</summary>
/// <param name="All">Every device there is.</param>
/// <param name="Matching">Those of the request's site, query and names.</param>
/// <param name="Unfit">Of these, those whose hardware the artefact is not made for.</param>
/// <param name="Targets">Of the others, those that do not answer with the artefact.</param>
internal sealed record FoundTargets(
    IEnumerable<string> All, IReadOnlySet<string> Matching, IReadOnlyList<string> Unfit, IReadOnlyList<RolloutTarget> Targets);
