using Cloud.Hub.Communication.Broker;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>Unhealthy while no device can reach the hub: the broker inside is not up, or the hub has no line to the one elsewhere.</summary>
internal sealed class BrokerHealth(IFleetTransport transport) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(transport.IsUp ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("there is no line to the broker"));
}
