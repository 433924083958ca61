namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Who is in a group: exactly one of the three, or none for all the devices that are left.</summary>
/// <param name="Share">Of all targeted devices that are not control, over 0 to 1.</param>
/// <param name="Count">So many devices, or all there are left.</param>
/// <param name="Manual">It begins only when a person says so, after the group before it has passed.</param>
/// <param name="Where">All devices left that match this query.</param>
public sealed record GroupPlan(string Name, double? Share = null, int? Count = null, string? Where = null, bool Manual = false);
