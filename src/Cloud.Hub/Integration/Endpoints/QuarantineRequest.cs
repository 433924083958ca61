namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Reason">Why, for those who find it there later.</param>
internal sealed record QuarantineRequest(string? Reason);
