using System.Text.Json;
using Cloud.Hub.Tests.Memory;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>The hub as a client of a broker elsewhere: what it relies on must hold with the least of them,
/// which keeps retained messages from filters with wildcards.</summary>
[Collection(Communication.Brokers.Collection)]
public sealed class ExternalBrokerTests(BrokerFarm farm)
{
    private const string Site = "site-1";

    public static TheoryData<BrokerKind> Brokers
    {
        get
        {
            var kinds = new TheoryData<BrokerKind>();
            foreach (var kind in (BrokerKind[])[BrokerKind.Mosquitto, BrokerKind.RabbitMq])
            {
                if (BrokerFixture.WhyMissing(kind) is null) kinds.Add(kind);
            }

            return kinds;
        }
    }

    [Theory, MemberData(nameof(Brokers))]
    public async Task Devices_that_were_there_before_the_hub_and_went_while_it_was_away_are_known_as_they_are(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await using var staying = await JoinAsync(hub, broker, "stays");
        var going = await JoinAsync(hub, broker, "goes");
        // The hub may have come to the broker after them.
        await UntilAsync(hub, "stays", online: true, () => ReportAsync(staying, "stays"));
        await UntilAsync(hub, "goes", online: true, () => ReportAsync(going, "goes"));
        await hub.StopAsync();
        await going.PublishAsync(Topics.Presence(Site, "goes"), Presence(online: false), retain: true);
        await going.DisposeAsync();
        await hub.StartAgainAsync();

        // Its next report, as every device sends one at least each half minute.
        await UntilAsync(hub, "stays", online: true, () => ReportAsync(staying, "stays"));
        await UntilAsync(hub, "goes", online: false);
        Assert.False((await hub.Fleet.DeviceAsync("goes", default))!.Online);
    }

    [Fact]
    public async Task Two_hubs_on_one_machine_do_not_throw_each_other_off_the_broker()
    {
        var broker = await farm.GetAsync(BrokerKind.Mosquitto);
        await using var first = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await using var device = await JoinAsync(first, broker, "facts-1");
        await device.SendUntilAcknowledgedAsync(Some.Run("facts-1", 1, 5) with { SiteId = Site });
        await using var second = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await second.Fleet.EnrolAsync(Site, "d2", default);
        await using var other = await ConnectAsync(broker, "d2", Topics.FactAck(Site, "d2"));
        await other.SendUntilAcknowledgedAsync(Some.Run("d2", 1, 5) with { SiteId = Site });
        await device.SendUntilAcknowledgedAsync(Some.Run("facts-1", 6, 5) with { SiteId = Site });
        Assert.Equal((10, 5), ((await first.Archive.StatisticsAsync(default)).Facts, (await second.Archive.StatisticsAsync(default)).Facts));
    }

    private static async Task<RunningDevice> JoinAsync(CommunicationFixture hub, BrokerFixture broker, string id)
    {
        await hub.Fleet.EnrolAsync(Site, id, default);
        var device = await ConnectAsync(broker, id, Topics.FactAck(Site, id));
        await device.PublishAsync(Topics.Presence(Site, id), Presence(online: true), retain: true);
        await ReportAsync(device, id);
        return device;
    }

    private static Task<RunningDevice> ConnectAsync(BrokerFixture broker, string client, string subscription) =>
        RunningDevice.ConnectAsync(new FleetClientSettings
    {
        Broker = broker.Address,
        ClientId = client,
        Subscriptions = [subscription],
        Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(50), Cap = TimeSpan.FromMilliseconds(500) },
    });

    private static byte[] Presence(bool online) =>
        JsonSerializer.SerializeToUtf8Bytes(new Presence(online, 7, "boot", 1), ContractsJson.Default.Presence);

    private static Task ReportAsync(RunningDevice device, string id) => device.PublishAsync(
        Topics.Reported(Site, id),
        JsonSerializer.SerializeToUtf8Bytes(
            new ReportedState { DesiredVersion = 0, BootId = "boot", AgentVersion = "0", Session = 7, SlotState = SlotState.Empty, Channels = [],
                Counters = new DeviceCounters(), TimestampUs = 2 },
            ContractsJson.Default.ReportedState),
        retain: true);

    private static Task UntilAsync(CommunicationFixture hub, string device, bool online, Func<Task>? meanwhile = null) =>
        Eventually.HoldsAsync(async () =>
        {
            if (meanwhile is not null) await meanwhile();
            return (await hub.Fleet.DeviceAsync(device, default))!.Online == online;
        });
}
