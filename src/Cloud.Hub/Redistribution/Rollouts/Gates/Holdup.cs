namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What holds a group back from passing; a stop once its wait is over.</summary>
/// <param name="Word">Stable, as <see cref="GateVerdict.StoppedBy"/>.</param>
/// <param name="Reason">For people.</param>
internal sealed record Holdup(string Word, string Reason);
