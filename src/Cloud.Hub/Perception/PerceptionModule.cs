using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Perception.Endpoints;
using Cloud.Hub.Perception.Workers;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Perception;

/// <summary>Adds the fleet view: second opinions and data quality.</summary>
internal static class PerceptionModule
{
    public static IServiceCollection AddPerception(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PerceptionOptions>().Bind(configuration.GetSection(PerceptionOptions.Section)).ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<PerceptionOptions>>().Value);
        services.AddMetrics();
        services.AddSingleton<PerceptionMetrics>().AddSingleton<OpinionBook>()
            .AddSingleton<ISecondOpinions>(provider => provider.GetRequiredService<OpinionBook>());
        return services.AddTroubledLoop<OpinionLoop>("teacher", HubServices.Perception);
    }

    public static void MapPerception(this IEndpointRouteBuilder routes) => routes.MapGrpcService<PerceptionEndpoint>();
}
