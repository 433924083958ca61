namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>A device of a later group that is to be told with the one before, since that one shows too little of a slice.</summary>
/// <param name="Slice">An attribute and its value, <c>hardware=rpi4</c>.</param>
internal sealed record Reserve(string DeviceId, string Slice);
