using System.Globalization;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Communication;

/// <summary>The service with its real broker, registry and archive on a folder and a port of its own.</summary>
public sealed class CommunicationFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _settings;
    private readonly int _port = FreePorts.One();
    private ServiceProvider _services;

    private CommunicationFixture((string Key, string Value)[] settings)
    {
        _settings = settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        _services = Build();
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{_port}"));

    public int Port => _port;

    public IFleet Fleet => _services.GetRequiredService<IFleet>();

    public EventBus Bus => _services.GetRequiredService<EventBus>();

    public IExperienceArchive Archive => _services.GetRequiredService<IExperienceArchive>();

    public static async Task<CommunicationFixture> StartAsync(params (string Key, string Value)[] settings)
    {
        var fixture = new CommunicationFixture(settings);
        await fixture.StartServicesAsync();
        return fixture;
    }

    /// <summary>Stops the whole and starts it again on the same folder and port.</summary>
    public async Task RestartAsync()
    {
        await StopServicesAsync();
        _services = Build();
        await StartServicesAsync();
    }

    /// <summary>Enrols a device and connects it with its own credential.</summary>
    public async Task<RunningDevice> ConnectAsync(string site, string device, PresenceWill? will = null)
    {
        var enrolment = await Fleet.EnrolAsync(site, device, default);
        return await RunningDevice.ConnectAsync(Settings(site, device, enrolment.Password) with { Will = will });
    }

    public FleetClientSettings Settings(string site, string device, string password) => new()
    {
        Broker = Address,
        ClientId = device,
        UserName = device,
        Password = password,
        Subscriptions = [Topics.Desired(site, device), Topics.FactAck(site, device), Topics.Command(site, device)],
        Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(50), Cap = TimeSpan.FromMilliseconds(500) },
    };

    public async ValueTask DisposeAsync()
    {
        await StopServicesAsync();
        _folder.Dispose();
    }

    private async Task StartServicesAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>()) await service.StartAsync(default);
    }

    private async Task StopServicesAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse()) await service.StopAsync(default);
        await _services.DisposeAsync();
    }

    private ServiceProvider Build()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(_settings).Build();
        var options = new HubOptions { Ports = { ["mqtt"] = _port } };
        var services = new ServiceCollection();
        services.AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton(typeof(Microsoft.Extensions.Logging.ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(new HubPaths(_folder.Path)).AddSingleton(options).AddSingleton(new HubPorts(options));
        services.AddMemory(configuration);
        services.AddCommunication(configuration);
        return services.BuildServiceProvider();
    }
}
