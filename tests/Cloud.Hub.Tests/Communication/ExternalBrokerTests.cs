using System.Text.Json;
using Cloud.Hub.Tests.Memory;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>The hub as a client of a broker elsewhere: what it relies on must hold with the least of them, which keeps retained messages from filters with wildcards.</summary>
public sealed class ExternalBrokerTests(BrokerFarm farm) : IClassFixture<BrokerFarm>
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

    [Theory, MemberData(nameof(Brokers))]
    public async Task Facts_are_taken_in_and_acknowledged_and_the_desired_state_waits_on_the_broker(BrokerKind kind)
    {
        var broker = await farm.GetAsync(kind);
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await using var device = await JoinAsync(hub, broker, "facts-1");
        await SendUntilAcknowledgedAsync(device, Some.Run("facts-1", 1, 40) with { SiteId = Site });
        Assert.Equal(40, (await hub.Archive.StatisticsAsync(default)).Facts);

        await hub.Fleet.SetSamplingBoostAsync("facts-1", 3, default);
        await using var later = await ConnectAsync(broker, "facts-1-later", Topics.Desired(Site, "facts-1"));
        Assert.Equal(3, (await later.NextAsync(Topics.Desired(Site, "facts-1"), ContractsJson.Default.DesiredState)).SamplingBoost);

        // And again once the broker was killed and is back; RabbitMQ, which needs a minute for that, is killed in the transport's tests.
        if (kind == BrokerKind.RabbitMq) return;
        await broker.KillAsync();
        await broker.StartAsync();
        await device.ChangeAsync(connected: true);
        await SendUntilAcknowledgedAsync(device, Some.Run("facts-1", 41, 10) with { SiteId = Site });
        Assert.Equal(50, (await hub.Archive.StatisticsAsync(default)).Facts);
    }

    [Fact]
    public async Task Two_hubs_on_one_machine_do_not_throw_each_other_off_the_broker()
    {
        var broker = await farm.GetAsync(BrokerKind.Mosquitto);
        await using var first = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await using var device = await JoinAsync(first, broker, "facts-1");
        await SendUntilAcknowledgedAsync(device, Some.Run("facts-1", 1, 5) with { SiteId = Site });
        await using var second = await CommunicationFixture.StartAsync(("Communication:Broker", broker.Address.ToString()));
        await second.Fleet.EnrolAsync(Site, "d2", default);
        await using var other = await ConnectAsync(broker, "d2", Topics.FactAck(Site, "d2"));
        await SendUntilAcknowledgedAsync(other, Some.Run("d2", 1, 5) with { SiteId = Site }, "d2");
        await SendUntilAcknowledgedAsync(device, Some.Run("facts-1", 6, 5) with { SiteId = Site });
        Assert.Equal((10, 5), ((await first.Archive.StatisticsAsync(default)).Facts, (await second.Archive.StatisticsAsync(default)).Facts));
    }

    /// <summary>Sends again as a device does, since an acknowledgement may be lost with a line.</summary>
    private static async Task SendUntilAcknowledgedAsync(RunningDevice device, FactBatch batch, string id = "facts-1")
    {
        using var patience = new CancellationTokenSource(RunningDevice.Limit, TimeProvider.System);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var heard = HeardAsync(device, id, batch.LastSequence);
        do
        {
            try
            {
                await device.PublishAsync(Topics.Facts(Site, id), FactBatchCodec.Encode(batch));
            }
            catch (MessagingException) when (!patience.IsCancellationRequested)
            {
                // The line is not back yet.
            }
        }
        while (!heard.IsCompleted && await again.WaitForNextTickAsync(patience.Token));
        await heard;
    }

    /// <summary>Acknowledgements of what was sent twice come twice: those are passed over.</summary>
    private static async Task HeardAsync(RunningDevice device, string id, long sequence)
    {
        while ((await device.NextAsync(Topics.FactAck(Site, id), ContractsJson.Default.FactAck)).Sequence < sequence)
        {
        }
    }

    private static async Task<RunningDevice> JoinAsync(CommunicationFixture hub, BrokerFixture broker, string id)
    {
        await hub.Fleet.EnrolAsync(Site, id, default);
        var device = await ConnectAsync(broker, id, Topics.FactAck(Site, id));
        await device.PublishAsync(Topics.Presence(Site, id), Presence(online: true), retain: true);
        await ReportAsync(device, id);
        return device;
    }

    private static Task<RunningDevice> ConnectAsync(BrokerFixture broker, string client, string subscription) => RunningDevice.ConnectAsync(new FleetClientSettings
    {
        Broker = broker.Address,
        ClientId = client,
        Subscriptions = [subscription],
        Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(50), Cap = TimeSpan.FromMilliseconds(500) },
    });

    private static byte[] Presence(bool online) => JsonSerializer.SerializeToUtf8Bytes(new Presence(online, 7, "boot", 1), ContractsJson.Default.Presence);

    private static Task ReportAsync(RunningDevice device, string id) => device.PublishAsync(
        Topics.Reported(Site, id),
        JsonSerializer.SerializeToUtf8Bytes(
            new ReportedState { DesiredVersion = 0, BootId = "boot", AgentVersion = "0", Session = 7, SlotState = SlotState.Empty, Channels = [], Counters = new DeviceCounters(), TimestampUs = 2 },
            ContractsJson.Default.ReportedState),
        retain: true);

    private static async Task UntilAsync(CommunicationFixture hub, string device, bool online, Func<Task>? meanwhile = null)
    {
        using var patience = new CancellationTokenSource(RunningDevice.Limit, TimeProvider.System);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while ((await hub.Fleet.DeviceAsync(device, default))!.Online != online)
        {
            if (meanwhile is not null) await meanwhile();
            await look.WaitForNextTickAsync(patience.Token);
        }
    }
}
