using System.Text.Json.Serialization.Metadata;
using System.Text.Json;
using System.Threading.Channels;
using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Edge.Agent.Sync.Uplink;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Federated;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Reads what the hub says: acknowledgements, desired state, commands. One loop.</summary>
internal sealed class DownlinkLoop(
    DeviceOptions device, IFleetLink link, FactUplink uplink, DesiredMemory twin, ModelUpdater updater, SamplingBoost boost, CommandRunner commands,
    HeadTuningLoop tuning, Action reportSoon, ILogger logger)
{
    private const int MaxPayloadBytes = 64 << 10;
    private static readonly TimeSpan ReplyDeadline = TimeSpan.FromSeconds(10);

    private readonly string _ack = Topics.FactAck(device.Site, device.Id);
    private readonly string _desired = Topics.Desired(device.Site, device.Id);
    private readonly string _command = Topics.Command(device.Site, device.Id);
    private bool _hasApplied;
    private ModelAssignment? _model;
    private long _unusable;

    /// <summary>Messages that were not what their topic promises.</summary>
    public long Unusable => Interlocked.Read(ref _unusable);

    /// <summary>Goes by the desired state last taken, before the hub is heard.</summary>
    public void Start()
    {
        if (twin.Desired is { } desired) Apply(desired);
    }

    public async Task RunAsync(ChannelReader<InboundMessage> inbound, CancellationToken ct)
    {
        await foreach (var message in inbound.ReadAllAsync(ct)) await TakeAsync(message, ct);
    }

    /// <summary>After every connect: asks for the desired state, because a retained message may be absent, and starts the sending anew.</summary>
    public async Task WatchLinkAsync(ChannelReader<ConnectionChange> connections, CancellationToken ct)
    {
        await foreach (var change in connections.ReadAllAsync(ct))
        {
            if (!change.Connected) continue;
            uplink.LinkUp();
            reportSoon();
            await PublishAsync(Topics.DesiredRequest(device.Site, device.Id), ReadOnlyMemory<byte>.Empty, ct);
        }
    }

    private async Task TakeAsync(InboundMessage message, CancellationToken ct)
    {
        if (message.Payload.Length > MaxPayloadBytes)
        {
            Refuse(message.Topic, $"{message.Payload.Length} bytes are above {MaxPayloadBytes}");
        }
        else if (message.Topic == _ack)
        {
            if (Read(message, ContractsJson.Default.FactAck) is { } ack) uplink.Acknowledge(ack);
        }
        else if (message.Topic == _desired)
        {
            if (Read(message, ContractsJson.Default.DesiredState) is { } desired) TakeDesired(desired);
        }
        else if (message.Topic == _command)
        {
            if (Read(message, ContractsJson.Default.DeviceCommand) is { Id.Length: > 0 and <= 128, Kind: not null } command)
                await AnswerAsync(command, ct);
        }
    }

    private void TakeDesired(DesiredState desired)
    {
        try
        {
            if (!twin.TryTake(desired))
            {
                logger.DesiredIgnored(desired.Version, twin.Desired!.Version);
                return;
            }
        }
        catch (StorageException error)
        {
            // Not on disk, so not taken: the hub's next connect or change brings it again.
            logger.UplinkBlocked(error, error.Reason);
            return;
        }

        Apply(desired);
        reportSoon();
    }

    private void Apply(DesiredState desired)
    {
        boost.Value = desired.SamplingBoost;
        // A change of something else must not begin the model's way through the slots anew.
        if (!_hasApplied || desired.Model != _model) updater.Assign(desired.Model);
        (_hasApplied, _model) = (true, desired.Model);
        logger.DesiredTaken(desired.Version, desired.Model?.Digest ?? "none", desired.SamplingBoost);
    }

    private async Task AnswerAsync(DeviceCommand command, CancellationToken ct)
    {
        // Acknowledgements must not wait for a head that is being tuned.
        var reply = command.Kind == HeadTask.Kind ? tuning.TryTake(command, ReplyAsync) : commands.Run(command);
        if (reply is not null) await ReplyAsync(reply);

        Task ReplyAsync(CommandReply answer) =>
            PublishAsync(
                Topics.CommandReply(device.Site, device.Id), JsonSerializer.SerializeToUtf8Bytes(answer, ContractsJson.Default.CommandReply), ct);
    }

    private async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        try
        {
            await link.PublishAsync(topic, payload, retain: false, ReplyDeadline, ct);
        }
        catch (MessagingException error)
        {
            // A request is made again with the next connect; a command's sender hears of the silence by its deadline.
            logger.ReportFailed(topic, error.Message);
        }
    }

    private T? Read<T>(InboundMessage message, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(message.Payload.Span, type);
        }
        catch (JsonException error)
        {
            Refuse(message.Topic, error.Message);
            return null;
        }
    }

    private void Refuse(string topic, string reason)
    {
        Interlocked.Increment(ref _unusable);
        logger.MessageUnusable(topic, reason);
    }
}
