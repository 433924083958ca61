using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.System.Tests;

/// <summary>One device as a hub sees it, over MQTT: it follows the newest desired state, takes the steps of a slot one by
/// one, and keeps each fact until it is acknowledged. It downloads nothing.</summary>
internal sealed class RolloutDevice : IAsyncDisposable
{
    private const long Epoch = 1;
    private const int WindowsATurn = 40;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(2);

    private readonly string _siteId;
    private readonly Func<bool> _mayStep;
    private readonly Action _progressed;
    private readonly FleetClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly Lock _lock = new();
    private readonly List<Fact> _outbox = [];
    private readonly SortedDictionary<long, (DesiredState State, DateTimeOffset At)> _heard = [];
    private ModelAssignment? _standby;
    private SlotState _slot = SlotState.Committed;
    private string _active;
    private string? _previous;
    private long _desiredVersion;
    private long _session;
    private long _sequence;
    private long _clockUs;
    private bool _owesReport;

    /// <param name="mayStep">Asked before each step of a slot: no holds it where it is.</param>
    /// <param name="progressed">Called whenever it is told something or takes a step.</param>
    public RolloutDevice(int mqttPort, string siteId, string deviceId, string password, string digest, Func<bool> mayStep, Action progressed)
    {
        (_siteId, DeviceId, _active, _mayStep, _progressed) = (siteId, deviceId, digest, mayStep, progressed);
        _client = new FleetClient(
            new FleetClientSettings
            {
                Broker = new Uri($"mqtt://127.0.0.1:{mqttPort}"), ClientId = deviceId, UserName = deviceId, Password = password,
                Subscriptions = [Topics.Desired(siteId, deviceId), Topics.FactAck(siteId, deviceId)],
                Will = new PresenceWill(
                    Topics.Presence(siteId, deviceId), () => ++_session,
                    (session,
                        online) => JsonSerializer.SerializeToUtf8Bytes(
                            new Presence(online, session, "boot", ++_clockUs), ContractsJson.Default.Presence)),
                Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(100), Cap = TimeSpan.FromMilliseconds(500) },
            },
            TimeProvider.System, NullLogger.Instance);
        _running = Task.WhenAll(_client.RunAsync(_stop.Token), HearAsync(), NoticeConnectsAsync(), TakeTurnsAsync());
    }

    public string DeviceId { get; }

    public string Active => _active;

    /// <summary>Each desired state that it was told, by version, and when.</summary>
    public IReadOnlyList<(DesiredState State, DateTimeOffset At)> Heard
    {
        get
        {
            lock (_lock) return [.. _heard.Values];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task HearAsync()
    {
        await foreach (var message in _client.Inbound.ReadAllAsync(CancellationToken.None))
        {
            if (message.Topic == Topics.FactAck(_siteId, DeviceId))
            {
                if (JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.FactAck) is { Epoch: Epoch } ack)
                    lock (_lock) _outbox.RemoveAll(fact => fact.Sequence <= ack.Sequence);
                continue;
            }

            var desired = JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.DesiredState)!;
            lock (_lock)
            {
                if (!_heard.TryAdd(desired.Version, (desired, TimeProvider.System.GetUtcNow()))) continue;
            }

            _progressed();
        }
    }

    private async Task NoticeConnectsAsync()
    {
        await foreach (var change in _client.Connections.ReadAllAsync(CancellationToken.None)) _owesReport |= change.Connected;
    }

    private async Task TakeTurnsAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Turn, TimeProvider.System);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _owesReport |= Step();
                if (!_client.IsConnected) continue;
                try
                {
                    await SendAsync();
                }
                catch (MessagingException)
                {
                    // The hub is gone: what is owed is sent in a later turn.
                    continue;
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>True when its reported state is another one now.</summary>
    private bool Step()
    {
        lock (_lock)
        {
            if (_outbox.Count == 0) Tell(FactKind.Evidence, JsonSerializer.SerializeToUtf8Bytes(Evidence(), ContractsJson.Default.ModelEvidence));
            if (_heard.Count > 0 && _heard.Last() is var (version, newest) && version > _desiredVersion)
            {
                _desiredVersion = version;
                _standby = newest.State.Model is { } model && model.Digest != _active ? model : null;
                _slot = _standby is null ? SlotState.Committed : SlotState.Downloading;
                return true;
            }

            if (_standby is not { } coming || !_mayStep()) return false;
            _slot = _slot switch
            {
                SlotState.Downloading => SlotState.Verified,
                SlotState.Verified => SlotState.Probed,
                SlotState.Probed => SlotState.Active,
                _ => SlotState.Committed,
            };
            if (_slot == SlotState.Active) (_previous, _active) = (_active, coming.Digest);
            if (_slot == SlotState.Committed) _standby = null;
            var report = new SlotReport { State = _slot, Digest = coming.Digest, AnsweringDigest = _active, BootId = "boot",
                RolloutId = coming.RolloutId, SwapMs = _slot == SlotState.Active ? 1 : null };
            Tell(FactKind.SlotReport, JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.SlotReport));
        }

        _progressed();
        return true;
    }

    private ModelEvidence Evidence() => new()
    {
        Digest = _active, BootId = "boot", RunId = "run", FromUs = _clockUs, ToUs = ++_clockUs, Windows = WindowsATurn, AlarmWindows = 0,
        InferenceP99Us = 100,
    };

    private void Tell(FactKind kind, byte[] payload) => _outbox.Add(new Fact(++_sequence, kind, ++_clockUs, payload));

    private async Task SendAsync()
    {
        byte[]? batch;
        lock (_lock) batch = _outbox.Count == 0 ? null : FactBatchCodec.Encode(new FactBatch(_siteId, DeviceId, Epoch, [.. _outbox]));
        if (batch is not null) await _client.PublishAsync(Topics.Facts(_siteId, DeviceId), batch, retain: false, PublishLimit, _stop.Token);
        if (!_owesReport) return;
        _owesReport = false;
        try
        {
            await _client.PublishAsync(
                Topics.Reported(_siteId, DeviceId), JsonSerializer.SerializeToUtf8Bytes(Reported(), ContractsJson.Default.ReportedState),
                retain: true, PublishLimit, _stop.Token);
        }
        catch (MessagingException)
        {
            _owesReport = true;
            throw;
        }
    }

    private ReportedState Reported() => new()
    {
        DesiredVersion = _desiredVersion, BootId = "boot", AgentVersion = "1.0.0", Session = _session, ActiveDigest = _active,
        PreviousDigest = _previous, StandbyDigest = _standby?.Digest, SlotState = _slot,
        Hardware = "generic", Channels = [], Counters = new DeviceCounters(), TimestampUs = ++_clockUs,
    };
}
