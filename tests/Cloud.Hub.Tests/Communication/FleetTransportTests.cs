using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Tests.Memory;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>What hub and devices need of the way between them, the same for the hub's own broker, with its
/// accounts, rules and limits, and for brokers elsewhere.</summary>
[Collection(Brokers.Collection)]
public sealed class FleetTransportTests(BrokerFarm farm)
{
    private const string Site = "site-1";

    public static TheoryData<BrokerKind> Kinds
    {
        get
        {
            var kinds = new TheoryData<BrokerKind>();
            foreach (var kind in Enum.GetValues<BrokerKind>())
            {
                if (BrokerFixture.WhyMissing(kind) is null) kinds.Add(kind);
            }

            return kinds;
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_speaks_the_newest_version_that_the_broker_takes(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using var device = await scene.JoinAsync("version");
        Assert.Equal(scene.SpeaksV5 ? MqttVersion.V5 : MqttVersion.V311, device.Connection.Version);
        await using var old = await RunningDevice.ConnectAsync(await scene.SettingsAsync("version-old") with { Version = MqttVersion.V311 });
        Assert.Equal(MqttVersion.V311, old.Connection.Version);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_is_online_while_connected_and_offline_once_it_vanished(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using var line = new TcpRelay(scene.Port);
        await using var device = await scene.JoinAsync("vanishes", line.Address);
        await scene.UntilAsync("vanishes", online: true);
        line.Freeze();
        line.Cut();
        await scene.UntilAsync("vanishes", online: false);
        line.Thaw();
        await scene.UntilAsync("vanishes", online: true);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_that_stops_is_offline_at_once(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using (await scene.JoinAsync("stops")) await scene.UntilAsync("stops", online: true);
        await scene.UntilAsync("stops", online: false);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task The_newest_desired_state_waits_for_a_device_that_was_away(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await scene.Hub.Fleet.EnrolAsync(Site, "away", default);
        await scene.Hub.Fleet.SetSamplingBoostAsync("away", 2, default);
        await scene.Hub.Fleet.SetSamplingBoostAsync("away", 3, default);
        await using var device = await scene.JoinAsync("away");
        Assert.Equal(3, (await DesiredAsync(device)).SamplingBoost);
        await scene.Hub.Fleet.SetSamplingBoostAsync("away", 4, default);
        DesiredState next;
        // A hub that has just come to its broker says each state once more.
        do next = await DesiredAsync(device);
        while (next.SamplingBoost == 3);
        Assert.Equal(4, next.SamplingBoost);
        static Task<DesiredState> DesiredAsync(RunningDevice device) =>
            device.NextAsync(Topics.Desired(Site, "away"), ContractsJson.Default.DesiredState);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_command_waits_in_the_session_of_a_device_that_was_away(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        var settings = await scene.SettingsAsync("session") with { PersistentSession = true };
        await using (var before = await RunningDevice.ConnectAsync(settings))
        {
            Assert.False(before.Connection.SessionPresent);
            await scene.UntilAsync("session", online: true);
        }

        await scene.UntilAsync("session", online: false);
        var sending = scene.Hub.Fleet.SendAsync("session", "ping", Eventually.Limit, null, default);
        await using var after = await RunningDevice.ConnectAsync(settings);
        Assert.True(after.Connection.SessionPresent);
        await AnsweredAsync(sending, after, "session");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_device_hears_commands_again_after_the_broker_was_killed(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using var line = new TcpRelay(scene.Port);
        await using var device = await scene.JoinAsync("restart", line.Address);
        await scene.UntilAsync("restart", online: true);
        line.Freeze();
        // RabbitMQ needs a minute to come back; the transport's own tests kill it.
        if (kind != BrokerKind.RabbitMq) await scene.KillBrokerAsync();
        using var heard = scene.Hub.Bus.Subscribe(
            "test", static happened => happened is PresenceChanged { Presence: { Online: true, Session: > 1 } });
        line.Cut();
        line.Thaw();
        await device.ChangeAsync(connected: false);
        await device.ChangeAsync(connected: true);
        // The hub has found its way back too.
        await heard.Events.ReadAsync().InTimeAsync();
        var sending = scene.Hub.Fleet.SendAsync("restart", "ping", Eventually.Limit, null, default);
        await AnsweredAsync(sending, device, "restart");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_publish_on_a_frozen_line_ends_at_its_deadline_and_the_link_is_given_up(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using var line = new TcpRelay(scene.Port);
        await using var device = await RunningDevice.ConnectAsync(
            await scene.SettingsAsync("frozen") with { Broker = line.Address, AnswerTimeout = TimeSpan.FromSeconds(2) });
        line.Freeze();
        var failure = await Assert.ThrowsAsync<MessagingException>(() => device.Client.PublishAsync(
            Topics.DesiredRequest(Site, "frozen"), new byte[100], retain: false, TimeSpan.FromMilliseconds(300), default));
        Assert.Equal(MessagingFailure.Deadline, failure.Failure);
        await device.ChangeAsync(connected: false);
        // Far sooner than the keep-alive: the missed deadline asks for a ping at once.
        Assert.Contains("PINGRESP", device.Connection.Reason, StringComparison.Ordinal);
        line.Thaw();
        await device.ChangeAsync(connected: true);
        await device.PublishAsync(Topics.DesiredRequest(Site, "frozen"), ReadOnlyMemory<byte>.Empty);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Telemetry_beyond_the_queue_loses_its_oldest_and_counts_it(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        using var heard = scene.Hub.Bus.Subscribe("test", static happened => happened is TelemetryReceived);
        await using var device = await RunningDevice.ConnectAsync(await scene.SettingsAsync("tele") with { TelemetryCapacity = 20 }, client =>
        {
            for (var i = 1; i <= 30; i++)
            {
                Assert.True(client.TryPublishTelemetry(
                    Topics.Telemetry(Site, "tele"),
                    JsonSerializer.SerializeToUtf8Bytes(
                        new TelemetryBatch("run-1", [new TelemetryPoint(i, [1f], 0.5f, 1f, false)]), ContractsJson.Default.TelemetryBatch)));
            }
        });
        Assert.Equal(10, device.Client.TelemetryDropped);
        for (var i = 11; i <= 30; i++)
        {
            var happened = Assert.IsType<TelemetryReceived>(await heard.Events.ReadAsync().InTimeAsync());
            Assert.Equal(i, happened.Batch.Points[0].TimestampUs);
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Facts_are_stored_once_and_in_order_through_a_broker_that_is_killed(BrokerKind kind)
    {
        await using var scene = await StartAsync(kind);
        await using var device = await scene.JoinAsync("facts");
        // RabbitMQ needs a minute to come back; the transport's own tests kill it.
        var kills = kind == BrokerKind.RabbitMq ? 0 : 2;
        for (var part = 0; part <= kills; part++)
        {
            await device.SendUntilAcknowledgedAsync(Some.Run("facts", 1 + (part * 40), 40) with { SiteId = Site });
            // What was acknowledged is sent again, as by a device that did not hear it.
            await device.SendUntilAcknowledgedAsync(Some.Run("facts", 1 + (part * 40), 40) with { SiteId = Site });
            if (part < kills) await scene.KillBrokerAsync();
        }

        var facts = new List<long>();
        await foreach (var experience in scene.Hub.Archive.ReadAsync(new ExperienceQuery { DeviceId = "facts" }, default))
            facts.Add(experience.Sequence);
        Assert.Equal(Enumerable.Range(1, 40 * (kills + 1)).Select(static n => (long)n), facts);
    }

    /// <summary>A command that did not go out is told as what the hub says of it, not as a wait of the device.</summary>
    private static async Task AnsweredAsync(Task<CommandReply> sending, RunningDevice device, string id)
    {
        await await Task.WhenAny(sending, AnswerAsync(device, id));
        var reply = await sending;
        Assert.True(reply.Succeeded, $"{reply}");
    }

    private static async Task AnswerAsync(RunningDevice device, string id)
    {
        var command = await device.NextAsync(Topics.Command(Site, id), ContractsJson.Default.DeviceCommand);
        await device.PublishAsync(
            Topics.CommandReply(Site, id),
            JsonSerializer.SerializeToUtf8Bytes(new CommandReply(command.Id, true), ContractsJson.Default.CommandReply));
    }

    private async Task<Scene> StartAsync(BrokerKind kind)
    {
        var broker = kind == BrokerKind.Embedded ? null : await farm.GetAsync(kind);
        return new Scene(
            broker is null
                ? await CommunicationFixture.StartAsync() : await CommunicationFixture.StartAsync(
                    ("Communication:Broker", broker.Address.ToString())), broker);
    }

    /// <summary>A hub and the broker its devices come to: its own where none is named.</summary>
    private sealed class Scene(CommunicationFixture hub, BrokerFixture? broker) : IAsyncDisposable
    {
        private long _session;

        public CommunicationFixture Hub => hub;

        public int Port => broker?.Port ?? hub.Port;

        public bool SpeaksV5 => broker?.SpeaksV5 ?? true;

        /// <summary>Enrols a device and connects it, past the line when there is one.</summary>
        public async Task<RunningDevice> JoinAsync(string id, Uri? line = null)
        {
            var settings = await SettingsAsync(id);
            return await RunningDevice.ConnectAsync(line is null ? settings : settings with { Broker = line });
        }

        /// <summary>Enrols a device; at the hub's own broker it comes with its own credential.</summary>
        public async Task<FleetClientSettings> SettingsAsync(string id)
        {
            var enrolment = await hub.Fleet.EnrolAsync(Site, id, default);
            var settings = hub.Settings(Site, id, enrolment.Password) with
            {
                Will = new PresenceWill(
                    Topics.Presence(Site, id), () => Interlocked.Increment(ref _session),
                    static (session,
                        online) => JsonSerializer.SerializeToUtf8Bytes(
                            new Presence(online, session, "boot", 1), ContractsJson.Default.Presence)) { Delay = TimeSpan.Zero },
            };
            return broker is null ? settings : settings with { Broker = broker.Address, UserName = null, Password = null };
        }

        /// <summary>The hub's own dies with the hub.</summary>
        public async Task KillBrokerAsync()
        {
            if (broker is null)
            {
                await hub.CrashAsync();
                return;
            }

            await broker.KillAsync();
            await broker.StartAsync();
        }

        public Task UntilAsync(string device, bool online) =>
            Eventually.HoldsAsync(async () => (await hub.Fleet.DeviceAsync(device, default))!.Online == online);

        public ValueTask DisposeAsync() => hub.DisposeAsync();
    }
}
