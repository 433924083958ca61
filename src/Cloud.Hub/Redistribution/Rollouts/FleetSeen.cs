namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>One look at the fleet.</summary>
/// <param name="Truth">Windows labelled normal on the new digest, by device: alarmed, quiet.</param>
internal sealed record FleetSeen(DateTimeOffset Now, IReadOnlyDictionary<string, DeviceSeen> Devices, IReadOnlyDictionary<string, (long Alarmed, long Quiet)> Truth);
