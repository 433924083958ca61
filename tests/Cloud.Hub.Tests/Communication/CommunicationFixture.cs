using System.Globalization;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Communication.Devices;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Communication;

/// <summary>A hub that runs Communication and Memory: its real broker, registry, twins and archive on a folder
/// and ports of its own, which it keeps when it starts again.</summary>
public sealed class CommunicationFixture : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _adjust;
    private HubFixture _hub = null!;

    private CommunicationFixture((string Key, string Value)[] settings, Action<IServiceCollection>? adjust)
    {
        _adjust = adjust;
        _settings = settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        _settings["PortOffset"] = FreePorts.HubOffset().ToString(CultureInfo.InvariantCulture);
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{Port}"));

    public int Port => _hub.Ports.Mqtt;

    public string Folder => _folder.Path;

    public IFleet Fleet => _hub.Get<IFleet>();

    public EventBus Bus => _hub.Get<EventBus>();

    public IExperienceArchive Archive => _hub.Get<IExperienceArchive>();

    internal IDeviceTwinGrain Twin(string deviceId) => _hub.Get<IGrainFactory>().GetGrain<IDeviceTwinGrain>(deviceId);

    public static Task<CommunicationFixture> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    /// <param name="adjust">Last word on the services, at every start.</param>
    public static async Task<CommunicationFixture> StartAsync(Action<IServiceCollection>? adjust, params (string Key, string Value)[] settings)
    {
        var fixture = new CommunicationFixture(settings, adjust);
        await fixture.StartHubAsync();
        return fixture;
    }

    /// <summary>Stops the whole and starts it again on the same folder and port.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Stops the whole; <see cref="StartAgainAsync"/> must follow.</summary>
    public Task StopAsync() => _hub.DisposeAsync().AsTask();

    public Task StartAgainAsync() => StartHubAsync();

    /// <summary>As <see cref="RestartAsync"/>, without a farewell: no grain is deactivated.</summary>
    public async Task CrashAsync()
    {
        await _hub.CrashAsync();
        await RestartAsync();
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
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A hub has started before its line to a broker elsewhere stands; what it publishes until then is refused.</summary>
    private async Task StartHubAsync()
    {
        _hub = await HubFixture.StartAsync("memory,communication", _settings, _folder.Path, _adjust);
        await Eventually.HoldsAsync(() => _hub.Get<IFleetTransport>().IsUp);
    }
}
