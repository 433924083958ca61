using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Messaging;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>Intake to archive in groups, then the acknowledgement to the device, then the bus. Nothing is acknowledged before its commit.</summary>
internal sealed class IngestLoop(
    Intake intake, IExperienceArchive archive, IFleetTransport transport, EventBus bus, Rejections rejections,
    CommunicationMetrics metrics, IOptions<CommunicationOptions> options, TimeProvider time, ILogger<IngestLoop> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var group = new List<FactBatch>();
        try
        {
            while (await intake.TakeAsync(group, options.Value.GroupBatches, stoppingToken)) await StoreAsync(group, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What is still in the intake was not acknowledged end to end; its devices send it again.
            return;
        }
    }

    private async Task StoreAsync(List<FactBatch> group, CancellationToken cancellation)
    {
        if (await TryStoreAsync(group, cancellation) is not { } failure) return;
        // One bad batch must not hold the others back for ever: each by itself, once.
        if (group.Count > 1)
        {
            var failed = 0;
            foreach (var batch in group.ToArray())
            {
                if (await TryStoreAsync([batch], cancellation) is not null) failed++;
            }

            if (failed == 0) return;
            metrics.StoreFailed(failed);
            logger.StoreFailed(failed, failure);
        }
        else
        {
            metrics.StoreFailed(1);
            logger.StoreFailed(1, failure);
        }

        await Task.Delay(AfterFailure, time, cancellation);
    }

    private async Task<Exception?> TryStoreAsync(List<FactBatch> group, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        AppendResult result;
        try
        {
            result = await archive.AppendAsync(group, cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return failure;
        }

        metrics.Committed(time.GetElapsedTime(start));
        if (result.Gaps > 0) logger.GapSeen(result.Gaps);
        await AcknowledgeAsync(group, result.Acknowledgements, cancellation);
        FactEvents.Publish(bus, rejections, result.Stored);

        return null;
    }

    /// <summary>One message per device and epoch of the group, the highest: they are cumulative.</summary>
    private async Task AcknowledgeAsync(List<FactBatch> group, IReadOnlyList<FactAck> acknowledgements, CancellationToken cancellation)
    {
        var highest = new Dictionary<(string Site, string Device, long Epoch), FactAck>();
        for (var i = 0; i < group.Count; i++)
        {
            var key = (group[i].SiteId, group[i].DeviceId, acknowledgements[i].Epoch);
            if (!highest.TryGetValue(key, out var known) || known.Sequence < acknowledgements[i].Sequence) highest[key] = acknowledgements[i];
        }

        foreach (var ((site, device, _), ack) in highest)
        {
            try
            {
                await transport.PublishAsync(
                    Topics.FactAck(site, device), JsonSerializer.SerializeToUtf8Bytes(ack, ContractsJson.Default.FactAck), retain: false,
                    expiry: null, cancellation);
                metrics.Acknowledged();
            }
            catch (MessagingException failure)
            {
                // The device sends again and is then told: the archive drops what it has.
                logger.NotSent($"acknowledgement for {device}", failure.Message);
            }
        }
    }
}
