using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>Keeps what <see cref="DirectDeviceRules"/> says, then tells twin and archive in the device's place. A change is on disk
/// before the device is answered; what the archive has not taken is brought again.</summary>
internal sealed class DirectDeviceGrain(
    [PersistentState("direct-device")] IPersistentState<DirectDevice> device, IDeviceReports reports, FirmwareFiles firmware, TimeProvider time,
    ILogger<DirectDeviceGrain> logger)
    : Grain, IDirectDeviceGrain
{
    /// <summary>Attribute in which a device says which image it runs, <c>NAME:RELEASE</c>.</summary>
    private const string ImageAttribute = "image";

    private const string HardwareAttribute = "hardware";

    private string Id => this.GetPrimaryKeyString();

    private long NowUs => time.GetUtcNow().ToUnixMicroseconds();

    private DirectDeviceRules Rules => new(NowUs);

    public async Task<DirectDevice> PolledAsync(string siteId, DesiredState? desired)
    {
        var wanted = desired?.Model is { Kind: ArtefactKind.Firmware } model ? model : null;
        await KeepAsync(siteId, Rules.Polled(device.State, wanted, desired?.Version ?? 0));
        return device.State;
    }

    public Task HeardAsync(string siteId, long actionId, DirectFeedback feedback, string? detail) =>
        KeepAsync(siteId, Rules.Heard(device.State, actionId, feedback, detail));

    public Task HeardOfCancelAsync(string siteId, long actionId, DirectFeedback feedback, string? detail) =>
        KeepAsync(siteId, Rules.HeardOfCancel(device.State, actionId, feedback, detail));

    public async Task ShowedAsync(string siteId, IReadOnlyDictionary<string, string> attributes)
    {
        var running = attributes.TryGetValue(ImageAttribute, out var image) ? await firmware.DigestOfAsync(image, CancellationToken.None) : null;
        await KeepAsync(siteId, Rules.Showed(device.State, attributes, running));
    }

    public Task<DirectDevice> ViewAsync() => Task.FromResult(device.State);

    private async Task KeepAsync(string siteId, DirectDevice next)
    {
        var before = device.State;
        if (next != before)
        {
            device.State = next.Epoch == 0 ? next with { Epoch = NowUs } : next;
            try
            {
                await device.WriteStateAsync();
            }
            catch
            {
                device.State = before;
                throw;
            }
        }

        try
        {
            await TellAsync(siteId);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // It is on disk; the next poll brings it again.
            logger.DirectReportWaits(Id, failure.Message);
        }
    }

    private async Task TellAsync(string siteId)
    {
        if (device.State.Pending.Count > 0)
        {
            var facts = device.State.Pending.Select(pending => new Fact(
                pending.Sequence, FactKind.SlotReport, pending.TimestampUs,
                JsonSerializer.SerializeToUtf8Bytes(pending.Report, ContractsJson.Default.SlotReport)));
            var ack = await reports.AppendAsync(new FactBatch(siteId, Id, device.State.Epoch, [.. facts]), CancellationToken.None);
            device.State = DirectDeviceRules.Stored(device.State, ack.Sequence);
            await device.WriteStateAsync();
        }

        await reports.HeardAsync(Id, Reported(), CancellationToken.None);
    }

    private ReportedState Reported()
    {
        var state = device.State;
        var hardware = state.Attributes.GetValueOrDefault(HardwareAttribute);
        return new ReportedState
        {
            DesiredVersion = state.Action?.DesiredVersion ?? state.SettledVersion,
            BootId = state.BootId,
            AgentVersion = "ddi",
            Session = state.Epoch,
            ActiveDigest = state.RunningDigest,
            PreviousDigest = state.PreviousDigest,
            StandbyDigest = state.Action?.Wanted.Digest,
            SlotState = state.SlotState,
            Refusal = state.Refusal,
            Hardware = hardware is not null && Ids.IsValid(hardware) ? hardware : null,
            Tags = state.Attributes,
            Channels = [],
            Counters = new DeviceCounters { FactsProduced = state.Sequence, FactsAcknowledged = state.Sequence - state.Pending.Count },
            TimestampUs = NowUs,
        };
    }
}
