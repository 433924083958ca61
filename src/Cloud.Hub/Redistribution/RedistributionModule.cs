using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.DirectDevices;
using Cloud.Hub.Redistribution.Endpoints;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Retention;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Cloud.Hub.Redistribution.Trust;
using Cloud.Hub.Redistribution.Workers;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution;

/// <summary>The door of the Redistribution service: what it registers and what it serves.</summary>
internal static class RedistributionModule
{
    public static IServiceCollection AddRedistribution(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RedistributionOptions>().Bind(configuration.GetSection(RedistributionOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RedistributionOptions>, RedistributionOptionsValidator>();
        services.AddSingleton<RegistryTables>().AddSingleton<ArtefactTable>().AddSingleton<ArtefactFolder>().AddSingleton<RegistryKey>();
        services.AddSingleton<ArtefactBucket>().AddSingleton<BucketSweep>();
        services.AddSingleton<ArtefactRegistry>().AddSingleton<ModelRegistry>().AddSingleton<PackageDeltas>().AddSingleton<DeltaAccess>();
        services.AddSingleton<PackageChunks>().AddSingleton<ChunkPeers>();
        services.AddSingleton<References>().AddSingleton<Collector>();
        services.AddSingleton<ImageRepository>().AddSingleton<Director>().AddSingleton<TrustStatus>();
        services.AddSingleton<ITrustStatus>(static provider => provider.GetRequiredService<TrustStatus>());
        services.AddSingleton<IModelRegistry>(static provider => provider.GetRequiredService<ModelRegistry>());
        services.AddSingleton<IArtefactRegistry>(static provider => provider.GetRequiredService<ArtefactRegistry>());
        services.AddSingleton<IModelQuarantine>(static provider => provider.GetRequiredService<ArtefactRegistry>());
        services.AddSingleton<RolloutTables>().AddSingleton<RolloutStore>().AddSingleton<RolloutNews>();
        services.AddSingleton<TargetSearch>().AddSingleton<WaysBack>().AddSingleton<JoinSearch>();
        services.AddSingleton<IRollouts, FleetRollouts>().AddSingleton<UnreadableRollouts>();
        services.AddSingleton<RedistributionMetrics>().AddSingleton<FleetLook>().AddSingleton<RolloutFacts>().AddSingleton<ModelAssigner>();
        services.AddStoreHealth<RegistryTables>("registry", [HubServices.Redistribution], static tables => tables.Database.Health);
        services.AddSingleton<FirmwareFiles>().AddSingleton<DirectPresence>()
            .AddHostedService(static provider => provider.GetRequiredService<DirectPresence>());
        return services.AddHostedService<TrustClock>().AddHostedService<RolloutClock>().AddHostedService<CollectionClock>();
    }

    public static void MapRedistribution(this IEndpointRouteBuilder routes)
    {
        _ = routes.ServiceProvider.GetRequiredService<RegistryKey>();    // a key that cannot be used stops the start, not the first model
        routes.MapArtefacts();
        routes.MapTrust();
        routes.MapRegistry();
        routes.MapRollouts();
        routes.MapDirectDevices();
        routes.MapGrpcService<ModelsEndpoint>();
        routes.MapGrpcService<ArtefactsEndpoint>();
        routes.MapGrpcService<RolloutsEndpoint>();
        routes.MapGrpcService<TrustEndpoint>();
    }
}
