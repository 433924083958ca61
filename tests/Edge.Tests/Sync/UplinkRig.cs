using System.Text.Json;
using Edge.Agent.Settings;
using Edge.Agent.Sync;
using Edge.Agent.Sync.Outbox;
using Edge.Agent.Sync.Uplink;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Sync;

/// <summary>A device's outbox and uplink, a real broker behind a line that can be cut, and a hub that holds what comes as the
/// real one does: contiguous sequences, repeats dropped, then one acknowledgement.</summary>
internal sealed class UplinkRig : IAsyncDisposable
{
    private const string Site = "north";
    private const string Device = "pump-1";

    private readonly TempFolder _folder = new();
    private readonly EmbeddedBrokerFixture _broker = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private FleetClient _hub = null!;
    private FleetClient _device = null!;
    private FactUplink _uplink = null!;

    public TcpRelay Line { get; private set; } = null!;

    public FactOutbox Outbox { get; private set; } = null!;

    /// <summary>Timestamps of the facts that the hub holds, by sequence of the epoch that it follows.</summary>
    public List<long> Held { get; } = [];

    /// <summary>Epochs in the order in which the hub met them.</summary>
    public List<long> Epochs { get; } = [];

    /// <summary>Facts that came although the hub held them.</summary>
    public int Repeats { get; private set; }

    /// <summary>What the hub does with a batch; the answer is the sequence that it acknowledges, null: it stays silent.
    /// By default it keeps what is new and acknowledges all it holds.</summary>
    public Func<FactBatch, long?>? OnBatch { get; set; }

    public async Task StartAsync()
    {
        await _broker.StartAsync();
        Line = new TcpRelay(_broker.Port);
        Outbox = await FactOutbox.OpenAsync(_folder.Path, new OutboxOptions(), TimeProvider.System, NullLogger.Instance, default);
        _hub = Client(_broker.Address, "hub", Topics.Facts(Site, Device));
        _device = Client(Line.Address, Device, Topics.FactAck(Site, Device));
        var options = new HubOptions { BatchFacts = 20, WindowFacts = 100, BatchDelay = TimeSpan.Zero, ResendAfter = TimeSpan.FromMilliseconds(300) };
        _uplink = new FactUplink(
            new DeviceOptions { Site = Site, Id = Device }, options, Outbox, new FleetLink(_device), TimeProvider.System, NullLogger.Instance);
        _loops.AddRange([_hub.RunAsync(_stop.Token), ReceiveAsync(), Outbox.RunAsync(_stop.Token)]);
        while (!(await _hub.Connections.ReadAsync().InTimeAsync()).Connected)
        {
        }

        _loops.AddRange([_device.RunAsync(_stop.Token), WatchLinkAsync(), TakeAcksAsync(), _uplink.RunAsync(_stop.Token)]);
    }

    /// <summary>Facts whose timestamps count from 1 on.</summary>
    public void Produce(int first, int count)
    {
        for (var i = first; i < first + count; i++) Assert.True(Outbox.TryAdd(FactKind.Alarm, i, new byte[200]), $"fact {i} was refused");
    }

    /// <summary>Returns when the device knows that the hub holds everything.</summary>
    public async Task DrainedAsync(int produced)
    {
        using var limit = new CancellationTokenSource(Eventually.Limit);
        var drained = Outbox.DrainedAsync(limit.Token);
        try
        {
            // A loop that failed would leave the wait to its limit.
            await await Task.WhenAny([drained, .. _loops]);
            await drained;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{Outbox.State.Waiting} facts still wait; the hub holds {Held.Count}, the device produced {Outbox.State.TotalProduced}");
        }

        Assert.Equal(produced, Outbox.State.TotalProduced);
    }

    public long Keep(FactBatch batch)
    {
        if (Epochs.Count == 0 || Epochs[^1] != batch.Epoch)
        {
            Epochs.Add(batch.Epoch);
            Held.Clear();
        }

        foreach (var fact in batch.Facts)
        {
            if (fact.Sequence <= Held.Count) Repeats++;
            else if (fact.Sequence == Held.Count + 1) Held.Add(fact.TimestampUs);
        }

        return Held.Count;
    }

    public async ValueTask DisposeAsync()
    {
        Outbox.Complete();
        await _stop.CancelAsync();
        await _device.DisposeAsync();
        await _hub.DisposeAsync();
        await Task.WhenAll(_loops).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _uplink.Dispose();
        await Outbox.DisposeAsync();
        await Line.DisposeAsync();
        await _broker.DisposeAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    private static FleetClient Client(Uri broker, string id, string subscription) => new(
        new FleetClientSettings { Broker = broker, ClientId = id, Subscriptions = [subscription],
            Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(20), Cap = TimeSpan.FromMilliseconds(50) } },
        TimeProvider.System, NullLogger.Instance);

    private async Task ReceiveAsync()
    {
        await foreach (var message in _hub.Inbound.ReadAllAsync(_stop.Token))
        {
            var batch = FactBatchCodec.Decode(message.Payload.Span, new WireLimits());
            var sequence = OnBatch is { } answer ? answer(batch) : Keep(batch);
            if (sequence is not { } held) continue;
            var ack = JsonSerializer.SerializeToUtf8Bytes(new FactAck(batch.Epoch, held), ContractsJson.Default.FactAck);
            await _hub.PublishAsync(Topics.FactAck(Site, Device), ack, retain: false, Eventually.Limit, _stop.Token);
        }
    }

    private async Task TakeAcksAsync()
    {
        await foreach (var message in _device.Inbound.ReadAllAsync(_stop.Token))
            _uplink.Acknowledge(JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.FactAck)!);
    }

    private async Task WatchLinkAsync()
    {
        await foreach (var change in _device.Connections.ReadAllAsync(_stop.Token))
        {
            if (change.Connected) _uplink.LinkUp();
        }
    }
}
