using System.Net;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Host.Ports;
using Orleans.Configuration;
using Orleans.Runtime.Hosting;
using Orleans.Serialization;
using StackExchange.Redis;

namespace Cloud.Hub.Host.Grains;

/// <summary>The silo inside the hub: alone on loopback with its state in the embedded store, or one of many on Redis.</summary>
internal static class GrainModule
{
    /// <summary>Names under which grains ask for storage: Orleans' default, and ours. Both are the same store.</summary>
    private static readonly string[] StorageNames = ["Default", "hmas"];

    /// <summary>Services whose state lives in grains; a process with none of them runs no silo.</summary>
    public static bool IsNeeded(HubOptions options) =>
        options.SelectedServices().Any(static service => service is HubServices.Communication or HubServices.Reasoning or HubServices.Redistribution);

    public static void AddGrains(this WebApplicationBuilder builder, HubOptions options, HubPorts ports) => builder.UseOrleans(silo =>
    {
        silo.Configure<Orleans.Configuration.ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.Cluster.Name;
            cluster.ServiceId = options.Cluster.Name;
        });
        // Design figures (packages.md): with these a grain of a killed silo answers again after about 1.3 s instead of 15.
        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            membership.ProbeTimeout = options.Cluster.ProbeTimeout;
            membership.NumMissedProbesLimit = 2;
            membership.NumVotesForDeathDeclaration = 1;
        });
        silo.Services.PostConfigure<GrainTypeOptions>(types => ServiceGrains.Keep(types.Classes, options.SelectedServices()));
        silo.Services.AddSerializer(static serializer => serializer.AddJsonSerializer(isSupported: GrainJson.Carries, GrainJson.Options));

        if (options.Cluster.Redis.Length == 0)
        {
            silo.ConfigureEndpoints(IPAddress.Loopback, ports.Silo, gatewayPort: 0);
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, ports.Silo));
            silo.Services.AddSingleton<EmbeddedGrainStorage>();
            silo.Services.AddStoreHealth<EmbeddedGrainStorage>(
                "grains", [HubServices.Communication, HubServices.Reasoning, HubServices.Redistribution], static storage => storage.Health);
            foreach (var name in StorageNames)
                silo.Services.AddGrainStorage(name, static (services, _) => services.GetRequiredService<EmbeddedGrainStorage>());
            return;
        }

        var redis = ConfigurationOptions.Parse(options.Cluster.Redis);
        silo.ConfigureEndpoints(options.Cluster.AdvertisedAddress(), ports.Silo, gatewayPort: 0);
        if (options.Cluster.CaFile.Length > 0) silo.UseTls(SiloTls.Between(Exposure.Require(options)!, options.Cluster.CaFile));
        silo.UseRedisClustering(clustering => clustering.ConfigurationOptions = redis);
        foreach (var name in StorageNames)
        {
            silo.AddRedisGrainStorage(name, storage =>
            {
                storage.ConfigurationOptions = redis;
                storage.GrainStorageSerializer = new GrainJson();
            });
        }
    });
}
