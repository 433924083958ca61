namespace Edge.Agent.Hosting.Status;

/// <param name="Broker">Null: the device lives alone.</param>
/// <param name="DesiredVersion">Last desired state taken; 0: none.</param>
internal sealed record HubStatus(
    string? Broker, bool Connected, long Session, long DesiredVersion, double SamplingBoost, long Batches, long FailedBatches, long TelemetryDropped,
    long UnusableMessages);
