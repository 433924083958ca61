using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Hmas.Messaging;

/// <summary>The fleet's MQTT client: stays connected, says birth and death, hands messages on, and gives every publish a deadline.</summary>
/// <remarks>
/// One owner runs <see cref="RunAsync"/> and one loop reads <see cref="Inbound"/>; publishing is
/// thread-safe. Receiving only enqueues: publishing with QoS 1
/// inside MQTTnet's receive handler deadlocks (dotnet/MQTTnet #648). Nothing is stored here: what must survive a restart is the outbox's.
/// </remarks>
public sealed partial class FleetClient : IAsyncDisposable
{
    private readonly FleetClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Random _random;
    private readonly Backoff _backoff;
    private readonly Channel<InboundMessage> _inbound;
    private readonly Channel<ConnectionChange> _connections;
    private readonly Channel<TelemetryMessage> _telemetry;
    private readonly CancellationTokenSource _disposed = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Link? _link;
    private int _started;
    private long _telemetryDropped;
    private long _inboundDropped;
    private bool _next311;

    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">A setting is out of range.</exception>
    public FleetClient(FleetClientSettings settings, TimeProvider time, ILogger logger)
    {
        settings.Validate();
        _settings = settings;
        _time = time;
        _logger = logger;
        _random = new Random(RandomNumberGenerator.GetInt32(int.MaxValue));
        _backoff = new Backoff(settings.Backoff, _random);
        _inbound = Channel.CreateBounded<InboundMessage>(
            new BoundedChannelOptions(settings.InboundCapacity) { FullMode = BoundedChannelFullMode.Wait });
        _connections = Channel.CreateBounded<ConnectionChange>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        _telemetry = Channel.CreateBounded<TelemetryMessage>(
            new BoundedChannelOptions(settings.TelemetryCapacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _telemetryDropped));
    }

    /// <summary>Messages in order of arrival; completes when the client has stopped.</summary>
    public ChannelReader<InboundMessage> Inbound => _inbound.Reader;

    /// <summary>Each change of the link; a reader that fell behind by more than 64 misses the oldest.</summary>
    public ChannelReader<ConnectionChange> Connections => _connections.Reader;

    public bool IsConnected => _link is not null;

    /// <summary>Telemetry given up because the socket was slower than the producer, or absent.</summary>
    public long TelemetryDropped => Interlocked.Read(ref _telemetryDropped);

    /// <summary>QoS 0 messages given up because nobody read <see cref="Inbound"/>.</summary>
    public long InboundDropped => Interlocked.Read(ref _inboundDropped);

    /// <summary>Connects, and connects again, until cancelled; then says offline and disconnects. Call
    /// once. Does not throw for a broker that fails.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0) throw new InvalidOperationException("a FleetClient runs once");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _disposed.Token);
        var stop = either.Token;
        try
        {
            if (_settings.FirstConnectJitter > TimeSpan.Zero)
                await Task.Delay(_settings.FirstConnectJitter * _random.NextDouble(), _time, stop).ConfigureAwait(false);
            while (!stop.IsCancellationRequested)
            {
                var wait = await RunLinkAsync(stop).ConfigureAwait(false);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, _time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped(_settings.ClientId);
        }
        finally
        {
            _inbound.Writer.TryComplete();
            _connections.Writer.TryComplete();
            _finished.TrySetResult();
        }
    }

    /// <summary>Publishes at QoS 1 and returns when the broker has acknowledged. That is not
    /// delivery: end-to-end acknowledgement is the caller's.</summary>
    /// <param name="payload">Not copied; must not change before the call returns.</param>
    /// <exception cref="MessagingException">Not handed over; see <see cref="MessagingException.Failure"/>.</exception>
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan deadline, CancellationToken ct) =>
        PublishAsync(topic, payload, retain, expiry: null, deadline, ct);

    /// <param name="expiry">A v5 broker forgets the message after this; the payload must say so too, for the others.</param>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, bool, TimeSpan, CancellationToken)"/>
    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? expiry, TimeSpan deadline, CancellationToken ct) =>
        _link is { } link
            ? link.PublishAsync(link.Message(topic, payload, retain, atLeastOnce: true, expiry), deadline, ct)
            : Task.FromException(new MessagingException(MessagingFailure.NotConnected, $"not connected to {_settings.Broker}: {topic} was not sent"));

    /// <summary>Queues a QoS 0 message; the oldest queued one is dropped when there is no room. False when the client has stopped.</summary>
    public bool TryPublishTelemetry(string topic, ReadOnlyMemory<byte> payload) => _telemetry.Writer.TryWrite(new TelemetryMessage(topic, payload));

    public async ValueTask DisposeAsync()
    {
        _telemetry.Writer.TryComplete();
        await _disposed.CancelAsync().ConfigureAwait(false);
        if (_started != 0) await _finished.Task.ConfigureAwait(false);
        _inbound.Writer.TryComplete();
        _connections.Writer.TryComplete();
    }

    /// <returns>How long to wait before the next connect.</returns>
    private async Task<TimeSpan> RunLinkAsync(CancellationToken stop)
    {
        var session = _settings.Will?.NextSession() ?? 0;
        // One attempt at a time falls back, so that a broker caught in its restart, or upgraded, is spoken to in 5.0 again.
        var v5 = _settings.Version == MqttVersion.V5 || (_settings.Version == MqttVersion.Auto && !_next311);
        _next311 = false;
        await using var link = new Link(_settings, _time, ReceiveAsync);
        var refused = await link.OpenAsync(v5, session, stop).ConfigureAwait(false) ?? await BirthAsync(link, session, stop).ConfigureAwait(false);
        if (refused is not null)
        {
            if (refused.Wants311 && _settings.Version == MqttVersion.Auto)
            {
                _next311 = true;
                LogFallsBack(_settings.Broker);
                return TimeSpan.Zero;
            }

            var wait = _backoff.Next(TimeSpan.Zero, ReconnectAdvice.LeastWait(refused.Code, _settings.Backoff.Cap));
            LogRefused(_settings.Broker, refused.Reason, wait.TotalSeconds);
            return wait;
        }

        return await HoldAsync(link, session, stop).ConfigureAwait(false);
    }

    private async Task<LinkEnd?> BirthAsync(Link link, long session, CancellationToken stop)
    {
        if (_settings.Will is not { } will) return null;
        try
        {
            await link.PublishAsync(
                link.Message(will.Topic, will.Payload(session, true), retain: true, atLeastOnce: true), _settings.AnswerTimeout, stop)
                .ConfigureAwait(false);
            return null;
        }
        catch (MessagingException failure)
        {
            return new LinkEnd(0, $"birth not acknowledged: {failure.Message}");
        }
    }

    private async Task<TimeSpan> HoldAsync(Link link, long session, CancellationToken stop)
    {
        var since = _time.GetTimestamp();
        var version = link.IsV5 ? MqttVersion.V5 : MqttVersion.V311;
        _link = link;
        LogConnected(_settings.Broker, version, link.SessionPresent, session);
        _connections.Writer.TryWrite(new ConnectionChange(true, link.SessionPresent, session, version, null));
        var watching = link.WatchAsync();
        var pumping = PumpTelemetryAsync(link);
        try
        {
            var end = await link.End.WaitAsync(stop).ConfigureAwait(false);
            var wait = _backoff.Next(_time.GetElapsedTime(since), ReconnectAdvice.LeastWait(end.Code, _settings.Backoff.Cap));
            LogLost(_settings.Broker, end.Reason, wait.TotalSeconds);
            _connections.Writer.TryWrite(new ConnectionChange(false, false, session, version, end.Reason));
            return wait;
        }
        finally
        {
            _link = null;
            if (stop.IsCancellationRequested)
            {
                await SayOfflineAsync(link, session).ConfigureAwait(false);
                _connections.Writer.TryWrite(new ConnectionChange(false, false, session, version, "stopped"));
            }

            await link.DisposeAsync().ConfigureAwait(false);
            await Task.WhenAll(watching, pumping).ConfigureAwait(false);
        }
    }

    private async Task SayOfflineAsync(Link link, long session)
    {
        using var limit = new CancellationTokenSource(_settings.StopTimeout, _time);
        try
        {
            if (_settings.Will is { } will && !link.Ended.IsCancellationRequested)
                await link.PublishAsync(
                    link.Message(will.Topic, will.Payload(session, false), retain: true, atLeastOnce: true), _settings.StopTimeout, limit.Token)
                    .ConfigureAwait(false);
            await link.DisconnectAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is MessagingException or OperationCanceledException)
        {
            // The broker will say it for us: the will stands until a clean disconnect.
            LogNoGoodbye(_settings.Broker, failure.Message);
        }
    }

    private async Task PumpTelemetryAsync(Link link)
    {
        try
        {
            await foreach (var message in _telemetry.Reader.ReadAllAsync(link.Ended).ConfigureAwait(false))
                await link.SendUnacknowledgedAsync(link.Message(message.Topic, message.Payload, retain: false, atLeastOnce: false))
                    .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (link.Ended.IsCancellationRequested)
        {
            return;
        }
    }

    private ValueTask ReceiveAsync(InboundMessage message, bool acknowledged, CancellationToken linkEnded)
    {
        if (_inbound.Writer.TryWrite(message)) return ValueTask.CompletedTask;
        // Waiting here withholds the PUBACK, so the broker holds back; a QoS 0 message has no such brake and is dropped.
        if (acknowledged) return _inbound.Writer.WriteAsync(message, linkEnded);
        Interlocked.Increment(ref _inboundDropped);
        return ValueTask.CompletedTask;
    }

    private readonly record struct TelemetryMessage(string Topic, ReadOnlyMemory<byte> Payload);
}
