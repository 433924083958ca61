using System.Text.Json;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Tests.Memory;
using Hmas.Contracts;
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
        Assert.Equal(3, (await device.NextAsync(Topics.Desired(Site, "away"), ContractsJson.Default.DesiredState)).SamplingBoost);
        await scene.Hub.Fleet.SetSamplingBoostAsync("away", 4, default);
        Assert.Equal(4, (await device.NextAsync(Topics.Desired(Site, "away"), ContractsJson.Default.DesiredState)).SamplingBoost);
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

        /// <summary>Enrols a device and connects it, past the line when there is one; at the hub's own broker with its own credential.</summary>
        public async Task<RunningDevice> JoinAsync(string id, Uri? line = null)
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
            if (broker is not null) settings = settings with { Broker = broker.Address, UserName = null, Password = null };
            return await RunningDevice.ConnectAsync(line is null ? settings : settings with { Broker = line });
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

        public async Task UntilAsync(string device, bool online)
        {
            using var patience = new CancellationTokenSource(RunningDevice.Limit, TimeProvider.System);
            using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            while ((await hub.Fleet.DeviceAsync(device, default))!.Online != online) await look.WaitForNextTickAsync(patience.Token);
        }

        public ValueTask DisposeAsync() => hub.DisposeAsync();
    }
}
