using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hmas.Testing;

/// <summary>What one device needs of a hub, and nothing that would take the machine's time: every batch is
/// acknowledged, a model is assigned, its package served over HTTP.</summary>
public sealed class StandInHub : IAsyncDisposable
{
    private readonly string _site;
    private readonly string _device;
    private readonly FleetClient _client;
    private readonly HttpListener _http = new();
    private readonly Dictionary<string, byte[]> _packages = [];
    private readonly Channel<SlotReport> _steps = Channel.CreateUnbounded<SlotReport>();
    private readonly Dictionary<FactKind, TaskCompletionSource<Fact>> _first = Enum.GetValues<FactKind>().ToDictionary(
        static kind => kind, static _ => new TaskCompletionSource<Fact>(TaskCreationOptions.RunContinuationsAsynchronously));
    private readonly Channel<CommandReply> _replies = Channel.CreateUnbounded<CommandReply>();
    private readonly Task _connection;
    private readonly Task _acknowledging;
    private readonly Task _serving;
    private long _version;
    private long _facts;

    public StandInHub(Uri broker, string site, string device)
    {
        (_site, _device) = (site, device);
        _client = new FleetClient(
            new FleetClientSettings { Broker = broker, ClientId = "stand-in-hub", Subscriptions = [
                Topics.Facts(site, device), Topics.CommandReply(site, device)] }, TimeProvider.System, NullLogger.Instance);
        Artefacts = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePorts.One()}/");
        _http.Prefixes.Add(Artefacts);
        _http.Start();
        _connection = _client.RunAsync(CancellationToken.None);
        _acknowledging = AcknowledgeAsync();
        _serving = ServeAsync();
    }

    public string Artefacts { get; }

    /// <summary>Facts acknowledged.</summary>
    public long Facts => Interlocked.Read(ref _facts);

    /// <summary>The first report of this step of this model; earlier ones are dropped.</summary>
    public async Task<SlotReport> StepAsync(string digest, SlotState state)
    {
        while (true)
        {
            var step = await _steps.Reader.ReadAsync().InTimeAsync();
            if (step.Digest == digest && step.State is SlotState.Refused or SlotState.Returned)
                throw new InvalidOperationException($"{step.State}: {step.Reason}, {step.Detail}");
            if (step.Digest == digest && step.State == state) return step;
        }
    }

    /// <summary>Sends a command and waits for the device's answer; one at a time.</summary>
    public async Task<CommandReply> CommandAsync(DeviceCommand command)
    {
        await _client.PublishAsync(
            Topics.Command(_site, _device), JsonSerializer.SerializeToUtf8Bytes(command, ContractsJson.Default.DeviceCommand), retain: false,
            Eventually.Limit, default);
        while (true)
        {
            // An answer to an earlier command may come again: at least once is what the broker promises.
            var reply = await _replies.Reader.ReadAsync().InTimeAsync();
            if (reply.Id == command.Id) return reply;
        }
    }

    /// <summary>The first fact of this kind that came.</summary>
    public Task<Fact> FirstAsync(FactKind kind) => _first[kind].Task.InTimeAsync();

    /// <param name="shadowWindows">How many windows it answers beside the active model before it takes its place.</param>
    /// <param name="healthWindows">How many it must answer in its place before it stays.</param>
    public Task AssignAsync(string digest, string name, long release, byte[] package, int shadowWindows = 0, int healthWindows = 50)
    {
        var path = $"packages/{release}";
        lock (_packages) _packages["/" + path] = package;
        var desired = new DesiredState
        {
            Version = ++_version,
            Model = new ModelAssignment { Digest = digest, Name = name, Release = release, PackageBytes = package.Length, Url = path,
                ShadowWindows = shadowWindows, HealthWindows = healthWindows },
        };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(desired, ContractsJson.Default.DesiredState);
        return _client.PublishAsync(Topics.Desired(_site, _device), bytes, retain: true, Eventually.Limit, default);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Stop();
        await _client.DisposeAsync();
        await Task.WhenAll(_connection, _acknowledging, _serving);
        _http.Close();
    }

    private async Task AcknowledgeAsync()
    {
        await foreach (var message in _client.Inbound.ReadAllAsync())
        {
            if (message.Topic == Topics.CommandReply(_site, _device))
            {
                _replies.Writer.TryWrite(JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.CommandReply)!);
                continue;
            }

            var batch = FactBatchCodec.Decode(message.Payload.Span, new WireLimits());
            Interlocked.Add(ref _facts, batch.Facts.Count);
            foreach (var fact in batch.Facts) _first[fact.Kind].TrySetResult(fact);
            foreach (var fact in batch.Facts.Where(static fact => fact.Kind == FactKind.SlotReport))
                _steps.Writer.TryWrite(JsonSerializer.Deserialize(fact.Payload.Span, ContractsJson.Default.SlotReport)!);
            var ack = JsonSerializer.SerializeToUtf8Bytes(new FactAck(batch.Epoch, batch.LastSequence), ContractsJson.Default.FactAck);
            await _client.PublishAsync(Topics.FactAck(_site, _device), ack, retain: false, Eventually.Limit, default);
        }
    }

    private async Task ServeAsync()
    {
        while (_http.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _http.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                // Stopped.
                return;
            }

            byte[]? package;
            lock (_packages) package = _packages.GetValueOrDefault(context.Request.Url!.AbsolutePath);
            context.Response.StatusCode = package is null ? 404 : 200;
            if (package is not null) await context.Response.OutputStream.WriteAsync(package);
            context.Response.Close();
        }
    }
}
