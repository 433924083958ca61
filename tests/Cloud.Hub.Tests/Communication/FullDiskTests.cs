using System.Security.Cryptography;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Wiring;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Testing;
using Communication1 = Cloud.Hub.Communication.Contract.V1;
using Memory1 = Cloud.Hub.Memory.Contract.V1;

namespace Cloud.Hub.Tests.Communication;

public sealed class FullDiskTests
{
    private const int DiskBytes = 24 << 20;
    private const int FactBytes = 20_000;
    private const int BatchFacts = 10;

    [FactWithMounts]
    public async Task A_full_disk_loses_no_acknowledged_fact_and_the_hub_goes_on_when_there_is_room_again()
    {
        using var folder = new TempFolder();
        await using var hub = await HubProcess.StartAsync("memory,communication", folder.File("hub"), diskBytes: DiskBytes);
        using var fleet = hub.Grpc(HubServices.Communication);
        var enrolment = await new FleetGrpcClient(new Communication1.Communication.CommunicationClient(fleet)).EnrolAsync("site-1", "d-1", default);
        await using var device = await ConnectAsync(enrolment, hub.MqttPort);

        var full = hub.SaysAsync("The archive did not take");
        long sent = 0;
        while (!full.IsCompleted)
        {
            Assert.True(sent * FactBytes < 4L * DiskBytes, "the disk did not fill");
            await SendAsync(device, sent + 1);
            sent += BatchFacts;
        }

        await full;
        long acknowledged = 0;
        while (device.Client.Inbound.TryRead(out var message)) acknowledged = Math.Max(acknowledged, Ack(message));
        Assert.InRange(acknowledged, 1, sent - 1);
        File.Delete(hub.FileOf("ballast"));

        // As a device does: from behind the last acknowledged one.
        for (var first = acknowledged + 1; first <= sent; first += BatchFacts) await SendAsync(device, first);
        var last = acknowledged + (((sent - acknowledged + BatchFacts - 1) / BatchFacts) * BatchFacts);
        while (acknowledged < last)
            acknowledged = Math.Max(acknowledged, Ack(await device.Client.Inbound.ReadAsync().InTimeAsync()));
        using var memory = hub.Grpc(HubServices.Memory);
        var archive = await new ArchiveGrpcClient(new Memory1.Memory.MemoryClient(memory)).StatisticsAsync(default);
        Assert.Equal((last, last, 0L), (archive.Facts, Assert.Single(archive.Devices).Sequence, archive.QuarantinedRecords));
    }

    private static Task<RunningDevice> ConnectAsync(Enrolment enrolment, int port) => RunningDevice.ConnectAsync(new FleetClientSettings
    {
        Broker = new Uri($"mqtt://127.0.0.1:{port}"),
        ClientId = enrolment.DeviceId,
        UserName = enrolment.DeviceId,
        Password = enrolment.Password,
        Subscriptions = [Topics.FactAck(enrolment.SiteId, enrolment.DeviceId)],
    });

    private static Task SendAsync(RunningDevice device, long first)
    {
        var facts = Enumerable.Range(0, BatchFacts)
            .Select(i => new Fact(first + i, FactKind.Action, first + i, RandomNumberGenerator.GetBytes(FactBytes)));
        return device.PublishAsync(Topics.Facts("site-1", "d-1"), FactBatchCodec.Encode(new FactBatch("site-1", "d-1", 1, [.. facts])));
    }

    private static long Ack(InboundMessage message) =>
        System.Text.Json.JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.FactAck)!.Sequence;
}
