using System.Text;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Shared.Tests.Messaging;

/// <summary>What the fleet needs of a transport, the same for every broker.</summary>
public sealed class TransportTests(BrokerFarm farm) : IClassFixture<BrokerFarm>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static TheoryData<BrokerKind> Brokers
    {
        get
        {
            var kinds = new TheoryData<BrokerKind>();
            foreach (var kind in Enum.GetValues<BrokerKind>())
            {
                if (BrokerFactAttribute.IsWanted(kind)) kinds.Add(kind);
            }

            return kinds;
        }
    }

    [BrokerFact(BrokerKind.Mosquitto)]
    public void Mosquitto_is_among_the_brokers() => Assert.True(BrokerFactAttribute.IsWanted(BrokerKind.Mosquitto));

    [BrokerFact(BrokerKind.RabbitMq)]
    public void RabbitMq_is_among_the_brokers() => Assert.True(BrokerFactAttribute.IsWanted(BrokerKind.RabbitMq));

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_client_speaks_the_newest_version_that_the_broker_takes(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var client = new RunningClient(Settings(broker.Address, "version"));
        Assert.Equal(broker.SpeaksV5 ? MqttVersion.V5 : MqttVersion.V311, (await client.ConnectedAsync()).Version);
        await using var old = new RunningClient(Settings(broker.Address, "version-old") with { Version = MqttVersion.V311 });
        Assert.Equal(MqttVersion.V311, (await old.ConnectedAsync()).Version);
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_device_is_online_while_connected_and_offline_once_it_vanished(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var line = new TcpRelay(broker.Port);
        await using var observer = await WatchAsync(broker, "will-observer", "will/d1/state/presence");
        await using var device = new RunningClient(
            Settings(line.Address, "will-d1") with { Will = Presence("will/d1/state/presence", firstSession: 7) });
        await device.ConnectedAsync();
        var online = await observer.NextAsync();
        Assert.EndsWith(" online", online, StringComparison.Ordinal);
        line.Freeze();
        line.Cut();
        Assert.Equal(online.Replace("online", "offline", StringComparison.Ordinal), await observer.NextAsync());
        line.Thaw();
        Assert.Equal("online", (await observer.NextAsync()).Split(' ')[1]);
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_device_that_stops_says_offline_itself(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var observer = await WatchAsync(broker, "stop-observer", "stop/d1/state/presence");
        string offline;
        await using (var device = new RunningClient(
            Settings(broker.Address, "stop-d1") with { Will = Presence("stop/d1/state/presence", firstSession: 3) }))
        {
            await device.ConnectedAsync();
            var online = await observer.NextAsync();
            Assert.EndsWith(" online", online, StringComparison.Ordinal);
            offline = online.Replace("online", "offline", StringComparison.Ordinal);
        }

        Assert.Equal(offline, await observer.NextAsync());
        await using var late = await WatchAsync(broker, "stop-late", "stop/d1/state/presence");
        var kept = await late.Client.Inbound.ReadAsync().InTimeAsync();
        Assert.True(kept.Retained, "the last word on presence is retained");
        Assert.Equal(offline, Encoding.UTF8.GetString(kept.Payload.Span));
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_desired_state_waits_for_a_device_that_was_away(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var hub = new RunningClient(Settings(broker.Address, "desired-hub"));
        await hub.ConnectedAsync();
        await hub.Client.PublishAsync("desired/d1/state/desired", "version 1"u8.ToArray(), retain: true, Deadline, default);
        await hub.Client.PublishAsync("desired/d1/state/desired", "version 2"u8.ToArray(), retain: true, Deadline, default);
        await using var device = await WatchAsync(broker, "desired-d1", "desired/d1/state/desired");
        Assert.Equal("version 2", await device.NextAsync());
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_command_waits_in_the_session_of_a_device_that_was_away(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        var settings = Settings(broker.Address, "session-d1") with { Subscriptions = ["session/d1/cmd/request"], PersistentSession = true };
        await using (var before = new RunningClient(settings)) Assert.False((await before.ConnectedAsync()).SessionPresent);
        await using var hub = new RunningClient(Settings(broker.Address, "session-hub"));
        await hub.ConnectedAsync();
        await hub.Client.PublishAsync(
            "session/d1/cmd/request", "ping"u8.ToArray(), retain: false, expiry: TimeSpan.FromMinutes(5), Deadline, default);
        await using var after = new RunningClient(settings);
        Assert.True((await after.ConnectedAsync()).SessionPresent);
        Assert.Equal("ping", await after.NextAsync());
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_client_is_subscribed_again_after_the_broker_restarted(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var device = await WatchAsync(broker, "restart-d1", "restart/d1/cmd/request");
        await broker.KillAsync();
        await device.DisconnectedAsync();
        await broker.StartAsync();
        await device.ConnectedAsync();
        await using var hub = new RunningClient(Settings(broker.Address, "restart-hub"));
        await hub.ConnectedAsync();
        await hub.Client.PublishAsync("restart/d1/cmd/request", "again"u8.ToArray(), retain: false, Deadline, default);
        Assert.Equal("again", await device.NextAsync());
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task A_publish_on_a_frozen_line_ends_at_its_deadline_and_the_link_is_given_up(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var line = new TcpRelay(broker.Port);
        await using var device = new RunningClient(Settings(line.Address, "frozen-d1") with { AnswerTimeout = TimeSpan.FromSeconds(2) });
        await device.ConnectedAsync();
        using var freeze = Freeze(broker, line);
        var failure =
            await Assert.ThrowsAsync<MessagingException>(() => device.Client.PublishAsync(
                "frozen/d1", new byte[100], retain: false, TimeSpan.FromMilliseconds(300), default));
        Assert.Equal(MessagingFailure.Deadline, failure.Failure);
        // Far sooner than the keep-alive: the missed deadline asks for a ping at once.
        Assert.Contains("PINGRESP", (await device.DisconnectedAsync()).Reason, StringComparison.Ordinal);
        freeze.Dispose();
        await device.ConnectedAsync();
        await device.Client.PublishAsync("frozen/d1", new byte[100], retain: false, Deadline, default);
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task Telemetry_beyond_the_queue_loses_its_oldest_and_counts_it(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var observer = await WatchAsync(broker, "tele-observer", "tele/d1/points");
        var client = new FleetClient(Settings(broker.Address, "tele-d1") with { TelemetryCapacity = 100 }, TimeProvider.System, NullLogger.Instance);
        for (var i = 1; i <= 150; i++) Assert.True(client.TryPublishTelemetry("tele/d1/points", Encoding.UTF8.GetBytes($"{i}")));
        Assert.Equal(50, client.TelemetryDropped);
        await using var device = new RunningClient(client);
        for (var i = 51; i <= 150; i++) Assert.Equal($"{i}", await observer.NextAsync());
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task Facts_are_stored_once_and_in_order_through_a_broker_killed_in_mid_publish(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        // RabbitMQ needs a minute to come back; the others are killed more often.
        var kills = kind == BrokerKind.RabbitMq ? 1 : 5;
        await using var hub = new RunningClient(Settings(broker.Address, "facts-hub") with { Subscriptions = ["hmas/v1/s-1/facts-d1/exp/batch"] });
        await using var device = new RunningClient(Settings(broker.Address, "facts-d1") with { Subscriptions = ["hmas/v1/s-1/facts-d1/ack/exp"] });
        await hub.ConnectedAsync();
        await device.ConnectedAsync();
        var trip = new FactTrip(hub.Client, device.Client, facts: 3000, stopAfter: TimeSpan.FromMinutes(8));
        var running = trip.RunAsync();
        for (var kill = 1; kill <= kills; kill++)
        {
            await trip.StoredAsync(3000L * kill / (kills + 1));
            await broker.KillAsync();
            await broker.StartAsync();
        }

        await running;
        Assert.Equal(Enumerable.Range(1, 3000).Select(n => (long)n), trip.Stored);
        Assert.Equal(3000, trip.Acknowledged);
    }

    private static FleetClientSettings Settings(Uri broker, string clientId) => new()
    {
        Broker = broker,
        ClientId = clientId,
        Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(50), Cap = TimeSpan.FromMilliseconds(500) },
    };

    private static PresenceWill Presence(string topic, long firstSession)
    {
        var session = firstSession - 1;
        return new PresenceWill(
            topic, () => Interlocked.Increment(ref session),
            (number, online) => Encoding.UTF8.GetBytes($"{number} {(online ? "online" : "offline")}")) { Delay = TimeSpan.Zero };
    }

    private static async Task<RunningClient> WatchAsync(BrokerFixture broker, string clientId, string topic)
    {
        var watching = new RunningClient(Settings(broker.Address, clientId) with { Subscriptions = [topic] });
        await watching.ConnectedAsync();
        return watching;
    }

    private static Frozen Freeze(BrokerFixture broker, TcpRelay line)
    {
        if (broker is MosquittoFixture process)
        {
            process.Freeze();
            return new Frozen(process.Thaw);
        }

        line.Freeze();
        return new Frozen(line.Thaw);
    }

    private sealed class Frozen(Action thaw) : IDisposable
    {
        public void Dispose() => thaw();
    }
}
