using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Tests.Communication;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Messaging;

namespace Cloud.Hub.Tests.Host;

/// <summary>A device of a hub in another process, over its real broker: it obeys every desired model at once and says so.</summary>
public sealed class FleetDevice : IAsyncDisposable
{
    private readonly string _site;
    private readonly RunningDevice _line;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1);
    private Task _obeying = Task.CompletedTask;
    private long _sequence;
    private long _clock;
    private long _desiredVersion;

    private FleetDevice(string site, string id, RunningDevice line)
    {
        _site = site;
        Id = id;
        _line = line;
    }

    public string Id { get; }

    /// <summary>What it answers with; null: no model.</summary>
    public string? Digest { get; private set; }

    /// <summary>Enrols through the hub that serves REST and connects to the one that has the broker.</summary>
    public static async Task<FleetDevice> JoinAsync(HttpClient rest, int mqttPort, string site, string id, string? digest)
    {
        using var answer = await rest.PostAsJsonAsync("/api/v1/devices", new { siteId = site, deviceId = id });
        answer.EnsureSuccessStatusCode();
        return await ConnectAsync((await answer.Content.ReadFromJsonAsync<Enrolment>())!, mqttPort, digest);
    }

    public static async Task<FleetDevice> ConnectAsync(Enrolment enrolment, int mqttPort, string? digest)
    {
        var (site, id) = (enrolment.SiteId, enrolment.DeviceId);
        var line = await RunningDevice.ConnectAsync(new FleetClientSettings
        {
            Broker = new Uri(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{mqttPort}")),
            ClientId = id,
            UserName = id,
            Password = enrolment.Password,
            Subscriptions = [Topics.Desired(site, id)],
        });
        var device = new FleetDevice(site, id, line) { Digest = digest };
        var presence = new Presence(true, 1, "boot", 1);
        await line.PublishAsync(
            Topics.Presence(site, id), JsonSerializer.SerializeToUtf8Bytes(presence, ContractsJson.Default.Presence), retain: true);
        await device.ReportAsync();
        device._obeying = device.ObeyAsync();
        return device;
    }

    /// <summary>Tells its state once more.</summary>
    public Task ReportAsync() => _line.PublishAsync(
        Topics.Reported(_site, Id),
        JsonSerializer.SerializeToUtf8Bytes(
            new ReportedState
            {
                DesiredVersion = _desiredVersion,
                BootId = "boot",
                AgentVersion = "1",
                Session = 1,
                ActiveDigest = Digest,
                SlotState = Digest is null ? SlotState.Empty : SlotState.Committed,
                Channels = [],
                Counters = new DeviceCounters(),
                TimestampUs = Interlocked.Increment(ref _clock),
            },
            ContractsJson.Default.ReportedState),
        retain: true);

    /// <summary>100 windows answered by what it runs, 5 of them alarmed.</summary>
    public Task WorkAsync()
    {
        var evidence = new ModelEvidence { Digest = Digest
            ?? "none", BootId = "boot", RunId = "run", FromUs = 0, ToUs = 1, Windows = 100, AlarmWindows = 5, InferenceP99Us = 100 };
        return SayAsync(FactKind.Evidence, JsonSerializer.SerializeToUtf8Bytes(evidence, ContractsJson.Default.ModelEvidence));
    }

    /// <summary>The end of a machine run.</summary>
    public Task EndRunAsync(string runId) =>
        SayAsync(
            FactKind.RunEnded,
            JsonSerializer.SerializeToUtf8Bytes(new RunEvent(runId, Interlocked.Increment(ref _clock), Rows: 100), ContractsJson.Default.RunEvent));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _obeying;
        await _line.DisposeAsync();
        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task SayAsync(FactKind kind, byte[] payload)
    {
        await _turn.WaitAsync();
        try
        {
            _sequence++;
            var batch = new FactBatch(_site, Id, 1, [new Fact(_sequence, kind, _sequence, payload)]);
            await _line.PublishAsync(Topics.Facts(_site, Id), FactBatchCodec.Encode(batch));
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ObeyAsync()
    {
        try
        {
            await foreach (var message in _line.Client.Inbound.ReadAllAsync(_stop.Token))
            {
                var desired = JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.DesiredState)!;
                (_desiredVersion, Digest) = (desired.Version, desired.Model?.Digest ?? Digest);
                await ReportAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }
}
