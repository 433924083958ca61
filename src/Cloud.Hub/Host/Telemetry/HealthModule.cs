using Cloud.Hub.Host.Ports;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cloud.Hub.Host.Telemetry;

/// <summary><c>GET /healthz</c> on each port, and the same over gRPC. Without credentials, and without details that would need some.</summary>
internal static class HealthModule
{
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddGrpcHealthChecks().AddCheck("process", static () => HealthCheckResult.Healthy());
        return services;
    }

    /// <summary>A check that bears a service's name as tag counts for that service only, one without for all.</summary>
    public static void MapHealth(this WebApplication app, HubPorts ports)
    {
        var services = ports.Listeners.ToDictionary(static pair => pair.Value, static pair => pair.Key);
        app.MapGet("/healthz", async (HttpContext context, HealthCheckService checks) =>
        {
            var service = services.GetValueOrDefault(context.Connection.LocalPort, "");
            var report = await checks.CheckHealthAsync(check => check.Tags.Count == 0 || check.Tags.Contains(service), context.RequestAborted);
            var answer = new HealthAnswer(
                service, Word(report.Status), report.Entries.ToDictionary(static entry => entry.Key, static entry => Word(entry.Value.Status)));
            return Results.Json(
                answer, statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        }).AllowAnonymous().ExcludeFromDescription();
        app.MapGrpcHealthChecksService().AllowAnonymous();
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
