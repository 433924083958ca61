using System.Buffers;
using MQTTnet;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace Hmas.Messaging;

/// <summary>One connection from CONNECT to its end. A new connect is a new link, so nothing half-dead is ever reused.</summary>
internal sealed class Link : IAsyncDisposable
{
    private static readonly TcpAdapters Adapters = new();

    private readonly MqttClient _client;
    private readonly FleetClientSettings _settings;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource<LinkEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _suspect = new(0, 1);
    private SemaphoreSlim _inFlight = new(1);
    private uint? _maxPacketBytes;
    private bool _retainAvailable = true;

    public Link(FleetClientSettings settings, TimeProvider time, Func<InboundMessage, bool, CancellationToken, ValueTask> received)
    {
        _settings = settings;
        _time = time;
        _client = new MqttClient(Adapters, MqttNetNullLogger.Instance);
        _client.DisconnectedAsync += disconnected =>
        {
            Finish(LinkEnd.Disconnected(disconnected));
            return Task.CompletedTask;
        };
        _client.ApplicationMessageReceivedAsync += args =>
        {
            var message = args.ApplicationMessage;
            return received(
                new InboundMessage(message.Topic, message.Payload.ToArray(), message.Retain),
                message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce, _ended.Token).AsTask();
        };
    }

    /// <summary>Completes when the link is over, never faulted.</summary>
    public Task<LinkEnd> End => _end.Task;

    /// <summary>Cancelled when the link is over.</summary>
    public CancellationToken Ended => _ended.Token;

    public bool SessionPresent { get; private set; }

    public bool IsV5 { get; private set; }

    /// <summary>Connects and subscribes. Null when the link stands, else why not.</summary>
    public async Task<LinkEnd?> OpenAsync(bool v5, long session, CancellationToken cancellation)
    {
        IsV5 = v5;
        using var deadline = new CancellationTokenSource(_settings.AnswerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var connecting = _client.ConnectAsync(ConnectOptions.For(_settings, v5, session), either.Token);
            var answer = await connecting.WaitAsync(either.Token).ConfigureAwait(false);
            if (answer.ResultCode != MqttClientConnectResultCode.Success) return LinkEnd.Refused(answer);
            SessionPresent = answer.IsSessionPresent;
            // Absent or 0: the broker names no limit.
            _maxPacketBytes = answer.MaximumPacketSize is { } limit and > 0 ? limit : null;
            _retainAvailable = !v5 || answer.RetainAvailable;
            _inFlight = new SemaphoreSlim(Math.Min(_settings.MaxInFlight, answer.ReceiveMaximum is { } most and > 0 ? most : ushort.MaxValue));
            return await SubscribeAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new LinkEnd(0, $"no answer within {_settings.AnswerTimeout.TotalSeconds:0.#} s");
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return LinkEnd.NotOpened(failure, v5);
        }
    }

    /// <summary>Publishes at QoS 1 and waits for the PUBACK.</summary>
    /// <exception cref="MessagingException">Why it was not handed over.</exception>
    public async Task PublishAsync(MqttApplicationMessage message, TimeSpan deadline, CancellationToken cancellation)
    {
        // Fixed header, topic length, packet id and v5 properties stay below 64 bytes here.
        if (message.Payload.Length + message.Topic.Length + 64 > (_maxPacketBytes ?? long.MaxValue))
            throw new MessagingException(
                MessagingFailure.TooLarge, $"{message.Payload.Length} bytes on {message.Topic} are above the broker's {_maxPacketBytes}");
        using var timer = new CancellationTokenSource(deadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation, _ended.Token);
        try
        {
            await _inFlight.WaitAsync(either.Token).ConfigureAwait(false);
            // The send itself is never cancelled by a deadline: half a packet on the stream would break
            // every message after it. Only the link's end stops it.
            var acknowledged = SendAsync(message);
            Check(await acknowledged.WaitAsync(either.Token).ConfigureAwait(false), message.Topic);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            if (_ended.IsCancellationRequested)
                throw new MessagingException(MessagingFailure.LinkLost, $"the link ended before {message.Topic} was acknowledged");
            Probe();
            throw new MessagingException(MessagingFailure.Deadline, $"no acknowledgement of {message.Topic} within {deadline.TotalSeconds:0.#} s");
        }
        catch (MqttCommunicationException failure)
        {
            throw new MessagingException(
                MessagingFailure.LinkLost, $"the link broke while publishing to {message.Topic}: {LinkEnd.Innermost(failure)}", failure);
        }
    }

    public MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload, bool retain, bool atLeastOnce, TimeSpan? expiry = null) => new()
    {
        Topic = topic,
        Payload = new ReadOnlySequence<byte>(payload),
        Retain = retain && _retainAvailable,
        QualityOfServiceLevel = atLeastOnce ? MqttQualityOfServiceLevel.AtLeastOnce : MqttQualityOfServiceLevel.AtMostOnce,
        MessageExpiryInterval = IsV5 && expiry is { } kept ? (uint)Math.Ceiling(kept.TotalSeconds) : 0,
    };

    /// <summary>Hands QoS 0 messages to the socket until the link ends.</summary>
    public async Task SendUnacknowledgedAsync(MqttApplicationMessage message)
    {
        try
        {
            await _client.PublishAsync(message, _ended.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is MqttCommunicationException or InvalidOperationException)
        {
            Finish(LinkEnd.Broken(failure));
        }
    }

    /// <summary>Pings at half of the keep-alive, and at once when a publish was not answered; ends the link when no answer comes.</summary>
    public async Task WatchAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            using var timer = new CancellationTokenSource(_settings.KeepAlive / 2, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _ended.Token);
            try
            {
                await _suspect.WaitAsync(either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                if (_ended.IsCancellationRequested) return;
            }

            await PingAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Says goodbye, so that the broker drops the will.</summary>
    public async Task DisconnectAsync(CancellationToken cancellation)
    {
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is MqttCommunicationException or InvalidOperationException or OperationCanceledException)
        {
            Finish(LinkEnd.Broken(failure));
        }
    }

    public ValueTask DisposeAsync()
    {
        Finish(new LinkEnd(0, "closed"));
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Check(MqttClientPublishResult result, string topic)
    {
        if (!result.IsSuccess)
            throw new MessagingException(
                MessagingFailure.Refused, $"the broker refused {topic}: {result.ReasonCode} {result.ReasonString}".TrimEnd());
    }

    private async Task<MqttClientPublishResult> SendAsync(MqttApplicationMessage message)
    {
        var sending = SendThenReleaseAsync(message);
        // A caller that gave up at its deadline leaves this task behind; its failure is the link's failure, which the link reports.
        _ = sending.ContinueWith(
            static task => _ = task.Exception, CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return await sending.ConfigureAwait(false);
    }

    private async Task<MqttClientPublishResult> SendThenReleaseAsync(MqttApplicationMessage message)
    {
        try
        {
            return await _client.PublishAsync(message, _ended.Token).ConfigureAwait(false);
        }
        catch (InvalidOperationException failure)
        {
            throw new MqttCommunicationException(failure);
        }
        finally
        {
            _inFlight.Release();
        }
    }

    private async Task<LinkEnd?> SubscribeAsync(CancellationToken cancellation)
    {
        if (_settings.Subscriptions.Count == 0) return null;
        var wanted = new MqttClientSubscribeOptions();
        foreach (var filter in _settings.Subscriptions)
            wanted.TopicFilters.Add(
                new MQTTnet.Packets.MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
        var answer = await _client.SubscribeAsync(wanted, cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var item in answer.Items)
        {
            if ((byte)item.ResultCode >= 0x80)
                return new LinkEnd((byte)item.ResultCode, $"subscription {item.TopicFilter.Topic} refused: {item.ResultCode}");
        }

        return null;
    }

    private async Task PingAsync()
    {
        using var timer = new CancellationTokenSource(_settings.AnswerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _ended.Token);
        try
        {
            var answered = _client.PingAsync(either.Token);
            _ = answered.ContinueWith(
                static task => _ = task.Exception, CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await answered.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or MqttCommunicationException or InvalidOperationException)
        {
            Finish(new LinkEnd(0, $"no PINGRESP within {_settings.AnswerTimeout.TotalSeconds:0.#} s"));
        }
    }

    private void Probe()
    {
        if (_suspect.CurrentCount == 0)
        {
            try
            {
                _suspect.Release();
            }
            catch (SemaphoreFullException)
            {
                // Another publish asked for the probe in the same instant.
            }
        }
    }

    private void Finish(LinkEnd end)
    {
        if (_end.TrySetResult(end)) _ended.Cancel();
    }}
