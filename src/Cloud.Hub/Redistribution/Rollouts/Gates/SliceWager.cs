namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <param name="Slice">An attribute and its value, <c>hardware=rpi4</c>.</param>
internal sealed record SliceWager(string Slice, Wager Wager);
