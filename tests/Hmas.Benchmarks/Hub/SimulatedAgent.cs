using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;

namespace Hmas.Benchmarks.Hub;

/// <summary>One device as the hub sees it: its session, slots, outbox and reported state. It follows the newest desired version,
/// takes the steps of a slot one by one, and keeps each fact until it is acknowledged.</summary>
internal sealed class SimulatedAgent(SimulatedBroker broker, string siteId, string deviceId, string? digest)
{
    private const long Epoch = 1;
    private const int WindowsATurn = 60;

    /// <summary>Turns without a word from the hub, after which what was sent is sent again.</summary>
    private const int Patience = 10;

    private readonly Lock _lock = new();
    private readonly List<Fact> _outbox = [];
    private DesiredState? _heard;
    private ModelAssignment? _standby;
    private SlotState _slot = digest is null ? SlotState.Empty : SlotState.Committed;
    private string? _active = digest;
    private string? _previous;
    private long _desiredVersion;
    private long _sequence;
    private long _clockUs;
    private long _sent;
    private int _waited;

    public string DeviceId => deviceId;

    public string? Active => _active;

    /// <summary>When it heard of its newest desired state; null: of none.</summary>
    public DateTimeOffset? HeardAt { get; private set; }

    /// <summary>Facts that the hub has not acknowledged.</summary>
    public int Waiting => _outbox.Count;

    /// <summary>What the broker delivers.</summary>
    public void Hear(string detail, ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            if (detail == "state/desired" && JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.DesiredState) is { } desired
                && desired.Version > (_heard?.Version ?? 0))
                (_heard, HeardAt) = (desired, TimeProvider.System.GetUtcNow());
            else if (detail == "ack/exp" && JsonSerializer.Deserialize(payload.Span, ContractsJson.Default.FactAck) is { Epoch: Epoch } ack)
                _outbox.RemoveAll(fact => fact.Sequence <= ack.Sequence);
        }
    }

    public async Task BeBornAsync()
    {
        await broker.SendAsync(
            Topics.Presence(siteId, deviceId),
            JsonSerializer.SerializeToUtf8Bytes(new Presence(true, 1, "boot", ++_clockUs), ContractsJson.Default.Presence));
        await ReportAsync();
    }

    /// <summary>One turn of the device: a step of its slot if there is one to take, some windows of
    /// work, and what has not been acknowledged.</summary>
    /// <param name="works">It shows evidence this turn.</param>
    public async Task TurnAsync(bool works)
    {
        var isNews = Step();
        if (works && _active is { } active)
            Tell(FactKind.Evidence, JsonSerializer.SerializeToUtf8Bytes(Evidence(active), ContractsJson.Default.ModelEvidence));
        await SendFactsAsync();
        if (isNews) await ReportAsync();
    }

    /// <summary>True when its reported state is another one now.</summary>
    private bool Step()
    {
        lock (_lock)
        {
            if (_heard is { } heard && heard.Version > _desiredVersion)
            {
                _desiredVersion = heard.Version;
                _standby = heard.Model?.Digest == _active ? null : heard.Model;
                if (_standby is not null) _slot = SlotState.Downloading;
                return true;
            }
        }

        if (_standby is not { } model) return false;
        _slot = _slot switch
        {
            SlotState.Downloading => SlotState.Verified,
            SlotState.Verified => SlotState.Probed,
            SlotState.Probed => SlotState.Active,
            _ => SlotState.Committed,
        };
        if (_slot == SlotState.Active) (_previous, _active) = (_active, model.Digest);
        if (_slot == SlotState.Committed) _standby = null;
        var report = new SlotReport { State = _slot, Digest = model.Digest, AnsweringDigest = _active, BootId = "boot", RolloutId = model.RolloutId,
            SwapMs = _slot == SlotState.Active ? 1 : null };
        Tell(FactKind.SlotReport, JsonSerializer.SerializeToUtf8Bytes(report, ContractsJson.Default.SlotReport));
        return _slot is SlotState.Active or SlotState.Committed;
    }

    private ModelEvidence Evidence(string active) => new()
    {
        Digest = active, BootId = "boot", RunId = "run", FromUs = _clockUs, ToUs = _clockUs + 1, Windows = WindowsATurn, AlarmWindows = 1,
        InferenceP99Us = 100,
    };

    private void Tell(FactKind kind, byte[] payload)
    {
        lock (_lock) _outbox.Add(new Fact(++_sequence, kind, ++_clockUs, payload));
    }

    private async Task SendFactsAsync()
    {
        byte[] batch;
        lock (_lock)
        {
            if (_outbox.Count == 0 || (_outbox[^1].Sequence == _sent && ++_waited < Patience)) return;
            (_sent, _waited) = (_outbox[^1].Sequence, 0);
            batch = FactBatchCodec.Encode(new FactBatch(siteId, deviceId, Epoch, [.. _outbox]));
        }

        await broker.SendAsync(Topics.Facts(siteId, deviceId), batch);
    }

    private ValueTask ReportAsync()
    {
        var reported = new ReportedState
        {
            DesiredVersion = _desiredVersion, BootId = "boot", AgentVersion = "1.0.0", Session = 1, ActiveDigest = _active,
            PreviousDigest = _previous, StandbyDigest = _standby?.Digest, SlotState = _slot,
            Hardware = "generic", Channels = [], Counters = new DeviceCounters(), TimestampUs = ++_clockUs,
        };
        return broker.SendAsync(
            Topics.Reported(siteId, deviceId), JsonSerializer.SerializeToUtf8Bytes(reported, ContractsJson.Default.ReportedState));
    }
}
