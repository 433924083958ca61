namespace Cloud.Hub.Redistribution.Contract;

/// <summary>A role's signed metadata.</summary>
/// <param name="Repository">images or director.</param>
/// <param name="Role">root, targets, snapshot or timestamp.</param>
/// <param name="Expires">Not trusted from this moment on.</param>
/// <param name="ByHand">Keepers of offline keys renew it; otherwise this hub does.</param>
/// <param name="Warning">What is the matter and what to do; null while nothing is.</param>
public sealed record TrustRole(string Repository, string Role, long Version, DateTimeOffset Expires, bool ByHand, string? Warning);
