using System.Buffers;
using System.Collections.Concurrent;
using Cloud.Hub.Communication.Devices;
using Hmas.Contracts;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Cloud.Hub.Communication.Broker;

/// <summary>MQTTnet's server in the hub's process: every client is an enrolled device, and what
/// devices publish for the hub goes straight to its inbox.</summary>
/// <remarks>
/// Messages for the hub are taken where they are read, not routed: MQTTnet scans all sessions for
/// each routed message (dotnet/MQTTnet #2174), and waiting
/// here holds that one device's line, so back-pressure reaches it before its PUBACK.
/// </remarks>
internal sealed class EmbeddedBroker : IFleetTransport
{
    /// <summary>Sender of the hub's own messages; no device can bear it, it is no id.</summary>
    private const string HubSender = "$hub";

    /// <summary>How long a connection may take to say who it is.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    private readonly BrokerEndpoint _endpoint;
    private readonly EmbeddedBrokerOptions _options;
    private readonly DeviceRegistry _devices;
    private readonly Rejections _rejections;
    private readonly TimeProvider _time;
    private readonly ILogger<EmbeddedBroker> _logger;
    private readonly ConcurrentDictionary<string, PublishAllowance> _connected = new();
    private readonly long _start;
    private readonly BrokerSpeed _speed;
    private readonly MqttServer _server;
    private IFleetInbox? _inbox;

    public EmbeddedBroker(
        BrokerEndpoint endpoint, EmbeddedBrokerOptions options, BrokerSpeed speed, DeviceRegistry devices, Rejections rejections, TimeProvider time,
        ILogger<EmbeddedBroker> logger)
    {
        _speed = speed;
        _endpoint = endpoint;
        _options = options;
        _devices = devices;
        _rejections = rejections;
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _server = new MqttServerFactory().CreateMqttServer(Options(), [new BrokerListener(endpoint, options, rejections, time, logger)]);
        _server.ValidatingConnectionAsync += ValidateAsync;
        _server.InterceptingPublishAsync += PublishedAsync;
        _server.InterceptingSubscriptionAsync += SubscribingAsync;
        _server.ClientDisconnectedAsync += gone =>
        {
            if (gone.DisconnectType != MqttClientDisconnectType.Takeover) _connected.TryRemove(gone.ClientId, out _);
            return Task.CompletedTask;
        };
    }

    public int Connected => _connected.Count;

    public bool IsUp => _server.IsStarted;

    public async Task StartAsync(IFleetInbox inbox, CancellationToken cancellation)
    {
        _inbox = inbox;
        var speed = _options.MeasureAtStart ? await _speed.OfThisMachineAsync(cancellation) : null;
        await inbox.BeginAsync(cancellation);
        await _server.StartAsync();
        _logger.EmbeddedBrokerStarted(
            _endpoint.Port, _endpoint.Certificate is null ? "off" : $"{_endpoint.TlsAddress}:{_endpoint.TlsPort}", _options.MaxConnections,
            _options.MaxMessagesPerSecond);
        if (speed is not null)
            _logger.EmbeddedBrokerSpeed(
                speed.MessagesPerSecond, speed.PayloadBytes, speed.MeasuredAt, _options.MaxConnections,
                speed.MessagesPerSecond / (double)_options.MaxConnections);
        await inbox.ReadyAsync(cancellation);
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? expiry, CancellationToken cancellation)
    {
        var message = new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            Retain = retain,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            MessageExpiryInterval = expiry is { } kept ? (uint)Math.Ceiling(kept.TotalSeconds) : 0,
        };
        return _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(message) { SenderClientId = HubSender }, cancellation);
    }

    public async Task DisconnectAsync(string deviceId)
    {
        if (!_connected.ContainsKey(deviceId)) return;
        try
        {
            await _server.DisconnectClientAsync(
                deviceId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.NotAuthorized });
        }
        catch (InvalidOperationException)
        {
            // It went by itself in between: what was wanted holds.
            return;
        }
    }

    public async Task StopAsync()
    {
        if (_server.IsStarted)
            await _server.StopAsync(
                new MqttServerStopOptions { DefaultClientDisconnectOptions = new() { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown } });
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _server.Dispose();
    }

    private MqttServerOptions Options() => new MqttServerOptionsBuilder()
        .WithPersistentSessions()
        .WithDefaultCommunicationTimeout(ConnectLimit)
        .WithMaxPendingMessagesPerClient(_options.MaxPendingMessages)
        .WithPendingMessagesOverflowStrategy(MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage)
        .Build();

    private Task ValidateAsync(ValidatingConnectionEventArgs args)
    {
        var reason = Judge(args);
        args.ReasonCode = reason;
        if (reason == MqttConnectReasonCode.Success)
            _connected[args.ClientId] = new PublishAllowance(_options.MaxMessagesPerSecond, _options.MaxBytesPerSecond, _time.GetElapsedTime(_start));
        else _rejections.Count(RejectionReason.Connection, Known(args.UserName), $"{reason} from {args.RemoteEndPoint}");
        return Task.CompletedTask;
    }

    private MqttConnectReasonCode Judge(ValidatingConnectionEventArgs args)
    {
        if (string.IsNullOrEmpty(args.UserName) || args.ClientId != args.UserName) return MqttConnectReasonCode.ClientIdentifierNotValid;
        if (!_devices.IsSecretOf(args.UserName, args.RawPassword ?? [])) return MqttConnectReasonCode.BadUserNameOrPassword;
        return _connected.Count >= _options.MaxConnections && !_connected.ContainsKey(args.ClientId)
            ? MqttConnectReasonCode.ServerBusy : MqttConnectReasonCode.Success;
    }

    /// <summary>Publishes, retained messages and wills all come this way.</summary>
    private async Task PublishedAsync(InterceptingPublishEventArgs args)
    {
        if (args.ClientId == HubSender) return;
        var message = args.ApplicationMessage;
        if (_devices.Find(args.ClientId) is not { } device || !AccessRules.MayPublish(device.SiteId, device.DeviceId, message.Topic, message.Retain)
            || !Topics.TryParse(message.Topic, out var topic))
        {
            args.ProcessPublish = false;
            args.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
            _rejections.Count(RejectionReason.Forbidden, Known(args.ClientId), $"publish to {message.Topic}");
            return;
        }

        // Kept on the broker for people who watch it, and to be retained; all else ends here.
        args.ProcessPublish = message.Retain;
        if (_connected.TryGetValue(args.ClientId, out var allowance)
            && allowance.Take((int)message.Payload.Length, _time.GetElapsedTime(_start)) is { Ticks: > 0 } wait)
            await Task.Delay(wait, _time, args.CancellationToken);
        await _inbox!.ReceiveAsync(topic, message.Payload.ToArray(), isRetained: false, args.CancellationToken);
    }

    private Task SubscribingAsync(InterceptingSubscriptionEventArgs args)
    {
        var filter = args.TopicFilter.Topic;
        if (_devices.Find(args.ClientId) is { } device && AccessRules.MaySubscribe(device.SiteId, device.DeviceId, filter)) return Task.CompletedTask;
        args.ProcessSubscription = false;
        args.Response.ReasonCode = MqttSubscribeReasonCode.NotAuthorized;
        _rejections.Count(RejectionReason.Forbidden, Known(args.ClientId), $"subscribe to {filter}");
        return Task.CompletedTask;
    }

    /// <summary>A name from outside enters logs and counters only when it is one of ours.</summary>
    private string Known(string? deviceId) => deviceId is not null && _devices.Find(deviceId) is not null ? deviceId : Rejections.Unknown;
}
