namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Kind"><c>ping</c>, <c>recalibrate</c>, <c>snapshot</c>, <c>report</c>.</param>
/// <param name="ExpiresInSeconds">1 to 300; 30 when left out.</param>
internal sealed record CommandRequest(string? Kind, int? ExpiresInSeconds, IReadOnlyDictionary<string, string>? Arguments);
