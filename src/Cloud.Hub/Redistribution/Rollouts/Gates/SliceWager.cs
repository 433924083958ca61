namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <param name="Slice">An attribute and its value, <c>hardware=rpi4</c>.</param>
/// <param name="Group">What the group has shown of it that the control has had nothing to hold against yet; null: nothing.</param>
/// <param name="Control">The other way round.</param>
internal sealed record SliceWager(string Slice, Wager Wager, Share? Group = null, Share? Control = null);
