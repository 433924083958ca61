using Hmas.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>Unhealthy from a full disk, an I/O error or corruption until the next commit succeeds;
/// degraded while a quarantined file waits for a person.</summary>
internal sealed class StoreHealth(Func<DatabaseHealth> look) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = look();
        if (!health.IsGood) return Task.FromResult(HealthCheckResult.Unhealthy("the store's last write or read failed"));
        return Task.FromResult(
            health.QuarantinedFiles > 0
                ? HealthCheckResult.Degraded($"{health.QuarantinedFiles} corrupt files kept aside") : HealthCheckResult.Healthy());
    }
}
