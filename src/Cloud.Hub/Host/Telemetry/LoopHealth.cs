using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>Degraded while the loop is in trouble: it goes on by itself once that is over.</summary>
internal sealed class LoopHealth(ITroubled loop) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(loop.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
