using Edge.Agent.Settings;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Uplink;
using Hmas.Messaging;

namespace Edge.Agent.Hosting;

/// <summary>The loops that speak with the hub; absent on a device that lives alone.</summary>
internal sealed record HubLoops(FleetClient Client, FactUplink Uplink, DownlinkLoop Downlink, StateReporter Reporter) : IAsyncDisposable
{
    /// <summary>The fleet's client as this device uses it.</summary>
    /// <param name="will">Birth and will.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">Names the setting and the reason.</exception>
    public static FleetClientSettings ClientSettings(AgentSettings settings, string? password, PresenceWill will, IReadOnlyList<string> subscriptions) => new()
    {
        Broker = new Uri(settings.Hub.Broker!),
        ClientId = settings.Device.Id,
        UserName = password is null ? null : settings.Device.Id,
        Password = password,
        Tls = new TlsSettings { CaFile = settings.Hub.CaFile },
        KeepAlive = settings.Hub.KeepAlive,
        FirstConnectJitter = settings.Hub.FirstConnectJitter,
        Backoff = new BackoffSettings { Initial = settings.Hub.ReconnectFrom, Cap = settings.Hub.ReconnectTo },
        Will = will,
        Subscriptions = subscriptions,
        // Commands wait for a device that is away; everything else is asked for again on connect.
        PersistentSession = true,
    };

    public IEnumerable<Task> Run(CancellationToken ct) =>
    [
        Client.RunAsync(ct), Uplink.RunAsync(ct), Downlink.RunAsync(Client.Inbound, ct), Downlink.WatchLinkAsync(Client.Connections, ct),
        Reporter.RunAsync(ct), Reporter.RunTelemetryAsync(ct),
    ];

    public ValueTask DisposeAsync()
    {
        Uplink.Dispose();
        return Client.DisposeAsync();
    }
}
