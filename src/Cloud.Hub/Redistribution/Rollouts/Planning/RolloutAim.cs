namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>What a running rollout is aimed at by now.</summary>
/// <param name="Matching">Devices that match its site, query and names, whatever they answer with.</param>
/// <param name="Joiners">Those of them that it does not have and that it can bring its artefact to, in the order of their ids.</param>
internal sealed record RolloutAim(IReadOnlySet<string> Matching, IReadOnlyList<Joiner> Joiners);
