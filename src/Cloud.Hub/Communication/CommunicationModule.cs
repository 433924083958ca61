using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Communication.Devices;
using Cloud.Hub.Communication.Endpoints;
using Cloud.Hub.Communication.Ingest;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Host.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Communication;

/// <summary>The door of the Communication service: what it registers and what it serves.</summary>
internal static class CommunicationModule
{
    public static IServiceCollection AddCommunication(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CommunicationOptions>().Bind(configuration.GetSection(CommunicationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CommunicationOptions>, CommunicationOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EventBus>();
        services.AddMetrics();
        services.AddSingleton<CommunicationMetrics>();
        services.AddSingleton<Rejections>();
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<BrokerSpeed>();
        services.AddSingleton<TwinCache>();
        services.AddSingleton<DesiredStates>();
        services.AddSingleton<TwinPublisher>();
        services.AddSingleton<TwinAnnouncer>();
        services.AddSingleton<CommandChannel>();
        services.AddSingleton(static provider => new Intake(provider.GetRequiredService<IOptions<CommunicationOptions>>().Value.IntakeBatches));
        services.AddSingleton(Transport);
        services.AddSingleton<IFleetInbox, FleetInbox>();
        services.AddSingleton<Fleet>();
        services.AddSingleton<IFleet>(static provider => provider.GetRequiredService<Fleet>());
        services.AddSingleton<IDeviceIdentities, DeviceIdentities>();
        services.AddSingleton<IDeviceReports, DeviceReports>();
        // In this order: started from the archive's side to the network's, stopped the other way round.
        services.AddHostedService<IngestLoop>();
        services.AddHostedService<BrokerWorker>();
        services.AddHostedService(static provider => provider.GetRequiredService<TwinAnnouncer>());
        services.AddStoreHealth<DeviceRegistry>("devices", [HubServices.Communication], static devices => devices.Health);
        services.AddStoreHealth<DesiredStates>("desired", [HubServices.Communication], static states => states.Health);
        services.AddHealthChecks().AddCheck<BrokerHealth>("broker", tags: [HubServices.Communication]);
        return services;
    }

    /// <summary>Whether the broker will be in this process.</summary>
    public static bool IsBroker(IConfiguration configuration, HubOptions options) =>
        options.SelectedServices().Contains(HubServices.Communication)
        && string.IsNullOrEmpty(configuration[$"{CommunicationOptions.Section}:{nameof(CommunicationOptions.Broker)}"]);

    public static void MapCommunication(this IEndpointRouteBuilder routes) => routes.MapGrpcService<CommunicationEndpoint>();

    private static IFleetTransport Transport(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<CommunicationOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        // A name of its own for each process: of two clients with one name a broker throws out the first.
        // It keeps nothing for the hub, so the name need not last.
        if (options.Broker is not null)
            return new ExternalBroker(
                ExternalBroker.Settings(options, $"hmas-hub-{Guid.NewGuid():N}"), time, provider.GetRequiredService<ILogger<ExternalBroker>>());
        var ports = provider.GetRequiredService<HubPorts>();
        var endpoint = new BrokerEndpoint(ports.Mqtt, ports.Address, ports.MqttTls, Exposure.Require(provider.GetRequiredService<HubOptions>()));
        return new EmbeddedBroker(
            endpoint, options.Embedded, provider.GetRequiredService<BrokerSpeed>(), provider.GetRequiredService<DeviceRegistry>(),
            provider.GetRequiredService<Rejections>(), time,
            provider.GetRequiredService<ILogger<EmbeddedBroker>>());
    }
}
