using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Edge.Agent.Sync.Downlink;
using Edge.Agent.Sync.Outbox;
using Edge.Agent.Sync.Uplink;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>The loops that speak with the hub; absent on a device that lives alone.</summary>
internal sealed record HubLoops(FleetClient Client, FactUplink Uplink, DownlinkLoop Downlink, StateReporter Reporter) : IAsyncDisposable
{
    /// <param name="password">Of the device at the hub.</param>
    /// <param name="will">Birth and will.</param>
    /// <param name="reported">The reported state of now.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">Names the setting and the reason.</exception>
    public static HubLoops Create(
        AgentSettings settings, string? password, PresenceWill will, DesiredMemory twin, FactOutbox outbox, AgentLadder ladder, AgentModels models,
        Func<ReportedState> reported,
        TimeProvider time, ILoggerFactory loggers)
    {
        var device = settings.Device;
        string[] subscriptions = [
            Topics.Desired(device.Site, device.Id), Topics.FactAck(device.Site, device.Id), Topics.Command(device.Site, device.Id)];
        var client = new FleetClient(ClientSettings(settings, password, will, subscriptions), time, loggers.CreateLogger("Hmas.Messaging"));
        var link = new FleetLink(client);
        var logger = loggers.CreateLogger("Edge.Agent.Sync");
        var uplink = new FactUplink(device, settings.Hub, outbox, link, time, logger);
        var reporter = new StateReporter(device, settings.Hub, link, reported, ladder.Telemetry, time, logger);
        models.Reporter.Changed += reporter.Soon;
        ladder.Counters.Changed += reporter.Soon;
        var commands = new CommandRunner(new HubCommands(ladder, reporter.Soon), RememberedReplies.Open(device.StateFolder), time, logger);
        var downlink = new DownlinkLoop(device, link, uplink, twin, models.Updater, ladder.Boost, commands, models.Tuning, reporter.Soon, logger);
        return new HubLoops(client, uplink, downlink, reporter);
    }

    private static FleetClientSettings ClientSettings(
        AgentSettings settings, string? password, PresenceWill will, IReadOnlyList<string> subscriptions) =>
        new()
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
