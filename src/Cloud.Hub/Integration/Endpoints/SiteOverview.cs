namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Online">Devices connected now.</param>
/// <param name="Incident">What simultaneous anomalies have in common; null while calm.</param>
internal sealed record SiteOverview(string SiteId, int Devices, int Online, int Anomalous, double SamplingBoost, string? Incident);
