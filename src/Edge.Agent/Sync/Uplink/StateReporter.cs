using System.Text.Json;
using System.Threading.Channels;
using Edge.Agent.Settings;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Uplink;

/// <summary>Publishes the reported state, retained: when something changed, and at least once per interval. And telemetry, between.</summary>
internal sealed class StateReporter(
    DeviceOptions device, HubOptions options, IFleetLink link, Func<ReportedState> state, TelemetryCollector telemetry, TimeProvider time,
    ILogger logger)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something worth a report changed. Any thread.</summary>
    public void Soon() => _changed.Writer.TryWrite(true);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await _changed.Reader.WaitToReadAsync(ct).AsTask().WaitAsync(options.ReportInterval, time, ct);
            }
            catch (TimeoutException)
            {
                // The interval is over: report all the same.
            }

            _changed.Reader.TryRead(out _);
            if (link.IsConnected) await PublishAsync(ct);
        }
    }

    public async Task RunTelemetryAsync(CancellationToken ct)
    {
        if (options.TelemetryInterval == TimeSpan.Zero) return;
        using var timer = new PeriodicTimer(options.TelemetryInterval, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (telemetry.Take() is { } batch && link.IsConnected)
                link.TryPublishTelemetry(
                    Topics.Telemetry(device.Site, device.Id), JsonSerializer.SerializeToUtf8Bytes(batch, ContractsJson.Default.TelemetryBatch));
        }
    }

    private async Task PublishAsync(CancellationToken ct)
    {
        var topic = Topics.Reported(device.Site, device.Id);
        try
        {
            await link.PublishAsync(
                topic, JsonSerializer.SerializeToUtf8Bytes(state(), ContractsJson.Default.ReportedState), retain: true, Deadline, ct);
        }
        catch (MessagingException error)
        {
            logger.ReportFailed(topic, error.Message);
        }
    }
}
