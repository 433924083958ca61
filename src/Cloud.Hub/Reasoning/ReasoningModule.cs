using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Reasoning.Endpoints;
using Cloud.Hub.Reasoning.Storage;
using Cloud.Hub.Reasoning.Workers;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Reasoning;

/// <summary>Adds the tactical and strategic agents.</summary>
internal static class ReasoningModule
{
    public static IServiceCollection AddReasoning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ReasoningOptions>().Bind(configuration.GetSection(ReasoningOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ReasoningOptions>>().Value);
        services.AddMetrics();
        services.AddSingleton<ReasoningStore>().AddSingleton<AgentPlace>().AddSingleton<ReasoningMetrics>().AddSingleton<DecisionBook>()
            .AddSingleton<IAgents, UpperAgents>();
        services.AddStoreHealth<ReasoningStore>("decisions", [HubServices.Reasoning], static store => store.Database.Health);
        return services.AddTroubledLoop<AgentLoop>("agents", HubServices.Reasoning);
    }

    public static void MapReasoning(this IEndpointRouteBuilder routes) => routes.MapGrpcService<ReasoningEndpoint>();
}
