using Hmas.Contracts;
using Hmas.Messaging;

namespace Cloud.Hub.Communication.Broker;

/// <summary>A broker elsewhere, to which the hub is one client; its own accounts and access list
/// guard it (docs/topics.md holds the patterns).</summary>
internal sealed class ExternalBroker : IFleetTransport
{
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(10);

    private readonly FleetClient _client;
    private readonly ILogger<ExternalBroker> _logger;
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;

    public ExternalBroker(FleetClientSettings settings, TimeProvider time, ILogger<ExternalBroker> logger)
    {
        _client = new FleetClient(settings, time, logger);
        _logger = logger;
    }

    public static FleetClientSettings Settings(CommunicationOptions options, string clientId) => new()
    {
        Broker = options.Broker!,
        ClientId = clientId,
        UserName = options.BrokerUserName.Length > 0 ? options.BrokerUserName : null,
        Password = options.BrokerPasswordFile.Length > 0 ? File.ReadAllText(options.BrokerPasswordFile).Trim() : null,
        Tls = new TlsSettings { CaFile = options.BrokerCaFile.Length > 0 ? options.BrokerCaFile : null },
        Subscriptions = Topics.HubFilters,
        // A hub that is down loses nothing: devices send again what was not acknowledged end to end.
        PersistentSession = false,
        InboundCapacity = options.IntakeBatches,
    };

    public bool IsUp => _client.IsConnected;

    public async Task StartAsync(IFleetInbox inbox, CancellationToken cancellation)
    {
        await inbox.BeginAsync(cancellation);
        _loops = Task.WhenAll(_client.RunAsync(_stop.Token), ReadAsync(inbox), WatchAsync(inbox));
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? expiry, CancellationToken cancellation) =>
        _client.PublishAsync(topic, payload, retain, expiry, PublishDeadline, cancellation);

    /// <summary>Another broker's connections are its own: it ends them when its account list changes.</summary>
    public Task DisconnectAsync(string deviceId) => Task.CompletedTask;

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loops;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task ReadAsync(IFleetInbox inbox)
    {
        try
        {
            await foreach (var message in _client.Inbound.ReadAllAsync(_stop.Token))
            {
                if (Topics.TryParse(message.Topic, out var topic)) await ReceiveAsync(inbox, topic, message);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task ReceiveAsync(IFleetInbox inbox, FleetTopic topic, InboundMessage message)
    {
        try
        {
            await inbox.ReceiveAsync(topic, message.Payload, message.Retained, _stop.Token);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // A twin that could not be kept must not end the reading of everybody's messages.
            _logger.NotReceived($"{topic.SiteId}/{topic.DeviceId}/{topic.Detail}", failure);
        }
    }

    private async Task WatchAsync(IFleetInbox inbox)
    {
        var isFirst = true;
        try
        {
            await foreach (var change in _client.Connections.ReadAllAsync(_stop.Token))
            {
                if (!change.Connected) continue;
                // A broker of MQTT 3.1.1 may keep retained messages from a filter with wildcards (RabbitMQ does), so nobody tells who went meanwhile.
                if (!isFirst && change.Version == MqttVersion.V311) await inbox.BeginAsync(_stop.Token);
                isFirst = false;
                await inbox.ReadyAsync(_stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            _logger.ExternalBrokerLeft(_client.TelemetryDropped, _client.InboundDropped);
        }
    }
}
