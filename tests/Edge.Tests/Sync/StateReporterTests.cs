using System.Text.Json;
using System.Threading.Channels;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Edge.Agent.Sync.Uplink;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Sync;

/// <summary>The reported state and telemetry over a link that hands over what it is given.</summary>
public sealed class StateReporterTests : IFleetLink, IAsyncLifetime, IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<(string Topic, byte[] Payload, bool Retain)> _published = Channel.CreateUnbounded<(string, byte[], bool)>();
    private readonly TelemetryCollector _telemetry = new(channels: 1, points: 4);
    private readonly CancellationTokenSource _stop = new();
    private readonly StateReporter _reporter;
    private Task _running = Task.CompletedTask;
    private long _version;

    public StateReporterTests()
    {
        var options = new HubOptions { ReportInterval = TimeSpan.FromMinutes(1), TelemetryInterval = TimeSpan.FromSeconds(1) };
        _reporter = new StateReporter(
            new DeviceOptions { Site = "north", Id = "pump-1" }, options, this, State, _telemetry, _time, NullLogger.Instance);
    }

    public bool IsConnected { get; private set; } = true;

    /// <summary>The broker takes nothing.</summary>
    private bool IsRefusing { get; set; }

    public Task InitializeAsync()
    {
        _running = Task.WhenAll(_reporter.RunAsync(_stop.Token), _reporter.RunTelemetryAsync(_stop.Token));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
    }

    public void Dispose() => _stop.Dispose();

    Task IFleetLink.PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan deadline, CancellationToken ct)
    {
        _published.Writer.TryWrite((topic, payload.ToArray(), retain));
        return IsRefusing ? Task.FromException(new MessagingException(MessagingFailure.Deadline, "no answer")) : Task.CompletedTask;
    }

    bool IFleetLink.TryPublishTelemetry(string topic, ReadOnlyMemory<byte> payload) => _published.Writer.TryWrite((topic, payload.ToArray(), false));

    [Fact]
    public async Task A_change_is_reported_at_once_and_kept_by_the_broker()
    {
        _reporter.Soon();
        var (topic, payload, retain) = await NextAsync();
        Assert.Equal((Topics.Reported("north", "pump-1"), true), (topic, retain));
        Assert.Equal(1, Read(payload).DesiredVersion);
    }

    [Fact]
    public async Task Without_a_change_the_state_is_reported_once_an_interval()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, Read((await NextAsync()).Payload).DesiredVersion);
    }

    [Fact]
    public async Task A_report_that_the_broker_did_not_take_ends_nothing()
    {
        IsRefusing = true;
        _reporter.Soon();
        await NextAsync();
        IsRefusing = false;
        _reporter.Soon();
        Assert.Equal(2, Read((await NextAsync()).Payload).DesiredVersion);
    }

    [Fact]
    public async Task Telemetry_goes_once_an_interval_when_there_is_some_and_is_not_kept()
    {
        _telemetry.RunStarted("run-1", 0);
        _telemetry.Observe(new Observation(Prediction.None)
        {
            RunId = "run-1", Frame = 0, TimestampUs = 5, Values = [2f], DueWindow = null,
            IsCalibration = false, Calibration = null, Decisions = default,
        });
        _time.Advance(TimeSpan.FromSeconds(1));
        var (topic, payload, retain) = await NextAsync();
        Assert.Equal((Topics.Telemetry("north", "pump-1"), false), (topic, retain));
        Assert.Equal(5, Assert.Single(JsonSerializer.Deserialize(payload, ContractsJson.Default.TelemetryBatch)!.Points).TimestampUs);
    }

    private ReportedState State() => new()
    {
        DesiredVersion = ++_version, BootId = "boot", AgentVersion = "1", Session = 1, SlotState = SlotState.Committed, Channels = [], RateHz = 1,
        Counters = new(), TimestampUs = 0,
    };

    private async Task<(string Topic, byte[] Payload, bool Retain)> NextAsync() => await _published.Reader.ReadAsync().InTimeAsync();

    private static ReportedState Read(byte[] payload) => JsonSerializer.Deserialize(payload, ContractsJson.Default.ReportedState)!;
}
