using Cloud.Hub.Host;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Integration.Audit;
using Cloud.Hub.Integration.Domain;
using Cloud.Hub.Integration.Endpoints;
using Cloud.Hub.Integration.Workers;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Integration;

/// <summary>The Integration service: REST, event stream and dashboard over the other services' doors.</summary>
internal static class IntegrationModule
{
    private const string Document = "v1";

    public static IServiceCollection AddIntegration(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<IntegrationOptions>().Bind(configuration.GetSection(IntegrationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<IntegrationOptions>, IntegrationOptionsValidator>();
        services.AddMetrics();
        services.AddSingleton<IntegrationMetrics>();
        services.AddSingleton(static provider => new TelemetryCache(Options(provider).TelemetryPoints, Options(provider).TelemetryDevices));
        services.AddSingleton(static provider => new LatestAlarmWindows(Options(provider).TelemetryDevices));
        services.AddSingleton<EventStream>().AddTransient<AuditTrail>();
        services.AddSingleton(static provider => new DashboardFiles(
            Path.Combine(AppContext.BaseDirectory, "wwwroot"), provider.GetRequiredService<ILogger<DashboardFiles>>()));
        services.AddTroubledLoop<BusFollower>("events", HubServices.Integration, HubServices.Front);
        services.AddExceptionHandler<RequestProblems>();
        services.Configure<RouteHandlerOptions>(static routes => routes.ThrowOnBadRequest = true);
        services.AddOpenApi(Document, static description => description.AddDocumentTransformer<ApiDescription>());
        return services;
    }

    /// <summary>The API on the service's own port and, with the dashboard, on the front's.</summary>
    public static void MapIntegration(this IEndpointRouteBuilder routes, HubPorts ports)
    {
        var front = routes.MapGroup("").WithMetadata(new ServicePort(ports[HubServices.Front]));
        MapApi(front);
        DashboardEndpoints.Map(front);
        // The same once more for the other port; described once.
        var own = routes.MapGroup("").WithMetadata(new ServicePort(ports[HubServices.Integration]));
        own.ExcludeFromDescription();
        MapApi(own);
    }

    private static void MapApi(RouteGroupBuilder port)
    {
        var api = port.MapGroup("/api/v1");
        OverviewEndpoints.Map(api);
        DeviceEndpoints.Map(api);
        FeedbackEndpoints.Map(api);
        LabelQueueEndpoints.Map(api);
        MemoryEndpoints.Map(api);
        TrainingEndpoints.Map(api);
        ModelEndpoints.Map(api);
        ArtefactEndpoints.Map(api);
        RolloutEndpoints.Map(api);
        AuditEndpoints.Map(api);
        AgentEndpoints.Map(api);
        TrustStatusEndpoints.Map(api);
        EventStream.Map(api);
        port.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    private static IntegrationOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<IntegrationOptions>>().Value;
}
