using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Memory.Archive;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Endpoints;
using Cloud.Hub.Memory.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Memory;

/// <summary>The door of the Memory service: what it registers and what it serves.</summary>
internal static class MemoryModule
{
    public static IServiceCollection AddMemory(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MemoryOptions>().Bind(configuration.GetSection(MemoryOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MemoryOptions>, MemoryOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<MemoryMetrics>();
        services.AddSingleton<ExperienceArchive>();
        services.AddSingleton<IExperienceArchive>(provider => provider.GetRequiredService<ExperienceArchive>());
        services.AddSingleton<IFactArchive>(provider => provider.GetRequiredService<ExperienceArchive>());
        services.AddHostedService<RetentionWorker>();
        services.AddStoreHealth<ExperienceArchive>("archive", [HubServices.Memory], static archive => archive.Health);
        return services;
    }

    public static void MapMemory(this IEndpointRouteBuilder routes) => routes.MapGrpcService<MemoryEndpoint>();
}
