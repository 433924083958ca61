namespace Cloud.Hub.Host.Telemetry;

/// <param name="Status"><c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</param>
/// <param name="Checks">By name, each with such a word.</param>
internal sealed record HealthAnswer(string Service, string Status, IReadOnlyDictionary<string, string> Checks);
