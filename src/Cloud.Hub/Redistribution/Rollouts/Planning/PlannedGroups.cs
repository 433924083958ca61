namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>Who is in which group.</summary>
/// <param name="Groups">In order; none is empty.</param>
/// <param name="Control">Devices that keep what they have.</param>
internal sealed record PlannedGroups(IReadOnlyList<(string Name, IReadOnlyList<string> Devices)> Groups, IReadOnlyList<string> Control);
