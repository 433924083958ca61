using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>Figures of the whole process, as Prometheus reads them, on each service's port.</summary>
/// <remarks>Without Orleans' own meter: its instruments carry no description and count in milliseconds
/// and megabytes, which Prometheus' linter refuses.</remarks>
internal static class TelemetryModule
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(static resource => resource.AddService("hmas-hub", serviceInstanceId: Environment.MachineName))
            .WithMetrics(static metrics => metrics
                .AddMeter(HubMeter.Name)
                .AddMeter("Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
                .AddRuntimeInstrumentation()
                .AddView(Rename)
                .AddPrometheusExporter());
        return services;
    }

    /// <summary>Open on loopback, where the scraper is a neighbour; elsewhere for operators.</summary>
    public static void MapTelemetry(this WebApplication app, bool open)
    {
        var metrics = app.MapPrometheusScrapingEndpoint("/metrics");
        if (open) metrics.AllowAnonymous();
    }

    /// <summary>A name that ends in <c>count</c> reads as the counter of a histogram to Prometheus' linter (<c>promtool check metrics</c>).</summary>
    private static MetricStreamConfiguration? Rename(System.Diagnostics.Metrics.Instrument instrument)
    {
        foreach (var end in (ReadOnlySpan<string>)[".count", "_count", "-count"])
        {
            if (instrument.Name.EndsWith(end, StringComparison.Ordinal))
            {
                return new MetricStreamConfiguration { Name = instrument.Name[..^end.Length] };
            }
        }

        return null;
    }
}
