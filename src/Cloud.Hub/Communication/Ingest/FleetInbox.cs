using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Devices;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>Checks what devices publish and brings each message where it belongs. Runs on the reading
/// loop of the sender, so devices are decoded in parallel.</summary>
internal sealed class FleetInbox(
    DeviceRegistry devices, IGrainFactory grains, TwinPublisher twins, CommandChannel commands, Intake intake, EventBus bus, Rejections rejections,
    CommunicationMetrics metrics) : IFleetInbox
{
    /// <summary>State documents, telemetry and replies; a telemetry batch of a second at 100 Hz and 8 channels is 15 kB.</summary>
    private const int MaxDocumentBytes = 256 << 10;

    public async ValueTask ReceiveAsync(FleetTopic topic, ReadOnlyMemory<byte> payload, bool isRetained, CancellationToken cancellation)
    {
        if (devices.Find(topic.DeviceId) is not { } device || device.SiteId != topic.SiteId)
        {
            rejections.Count(RejectionReason.UnknownDevice, Rejections.Unknown, $"{topic.SiteId}/{topic.DeviceId}/{topic.Detail}");
            return;
        }

        devices.Seen(device.DeviceId);
        switch (topic.Detail)
        {
            case "exp/batch":
                await TakeFactsAsync(device, payload, cancellation);
                break;
            case "tele/points":
                if (Document(device, topic, payload, ContractsJson.Default.TelemetryBatch) is { } points)
                {
                    metrics.Telemetry();
                    bus.Publish(new TelemetryReceived(device.SiteId, device.DeviceId, points));
                }

                break;
            case "state/presence":
                if (Document(device, topic, payload, ContractsJson.Default.Presence) is { } presence
                    && await Twin(device).HeardPresenceAsync(presence))
                    bus.Publish(new PresenceChanged(device.SiteId, device.DeviceId, presence));
                break;
            case "state/reported":
                if (Document(device, topic, payload, ContractsJson.Default.ReportedState) is { } reported)
                    await TakeReportAsync(device, reported, isRetained);
                break;
            case "state/get":
                await twins.PublishAsync(device.DeviceId, cancellation);
                break;
            case "cmd/reply":
                if (Document(device, topic, payload, ContractsJson.Default.CommandReply) is { } reply) commands.Answered(device.DeviceId, reply);
                break;
            default:
                rejections.Count(RejectionReason.Forbidden, device.DeviceId, $"publish to {topic.Detail}");
                break;
        }
    }

    public Task BeginAsync(CancellationToken cancellation) => Task.WhenAll(devices.All.Select(device => Twin(device).ForgetOnlineAsync()));

    public Task ReadyAsync(CancellationToken cancellation) => twins.PublishAllAsync(cancellation);

    private IDeviceTwinGrain Twin(EnrolledDevice device) => grains.GetGrain<IDeviceTwinGrain>(device.DeviceId);

    private async Task TakeReportAsync(EnrolledDevice device, ReportedState reported, bool isRetained)
    {
        var heard = await Twin(device).HeardReportedAsync(reported, isLive: !isRetained);
        if (heard.CameOnline is { } presence) bus.Publish(new PresenceChanged(device.SiteId, device.DeviceId, presence));
        if (heard.IsNews) bus.Publish(new ReportedStateChanged(device.SiteId, device.DeviceId, reported));
    }

    /// <summary>No grain on this way: facts go to the archive whatever else the hub does.</summary>
    private async Task TakeFactsAsync(EnrolledDevice device, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (payload.Length > WireLimits.Default.MaxMessageBytes)
        {
            rejections.Count(RejectionReason.TooLarge, device.DeviceId, $"a batch of {payload.Length} bytes");
            return;
        }

        try
        {
            var batch = FactBatchCodec.Decode(payload.Span, WireLimits.Default);
            if (batch.DeviceId != device.DeviceId || batch.SiteId != device.SiteId)
            {
                rejections.Count(RejectionReason.WrongDevice, device.DeviceId, $"a batch of {batch.SiteId}/{batch.DeviceId}");
                return;
            }

            metrics.Batch(payload.Length);
            await intake.PutAsync(batch, cancellation);
        }
        catch (WireFormatException failure)
        {
            rejections.Count(RejectionReason.Malformed, device.DeviceId, failure.Message);
        }
    }

    private T? Document<T>(EnrolledDevice device, FleetTopic topic, ReadOnlyMemory<byte> payload, JsonTypeInfo<T> type)
        where T : class
    {
        if (payload.Length > MaxDocumentBytes)
        {
            rejections.Count(RejectionReason.TooLarge, device.DeviceId, $"{payload.Length} bytes on {topic.Detail}");
            return null;
        }

        try
        {
            var document = JsonSerializer.Deserialize(payload.Span, type);
            if (document is null) rejections.Count(RejectionReason.Malformed, device.DeviceId, $"{topic.Detail}: null");
            return document;
        }
        catch (JsonException failure)
        {
            rejections.Count(RejectionReason.Malformed, device.DeviceId, $"{topic.Detail}: {failure.Message}");
            return null;
        }
    }
}
