using Hmas.Contracts.Models;
using Hmas.Messaging;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync;

/// <summary>Event ids 2700 to 2799.</summary>
internal static partial class SyncLog
{
    [LoggerMessage(
        EventId = 2700, EventName = "OutboxOpened", Level = LogLevel.Information,
        Message = "Outbox open: epoch {Epoch}, produced {Produced}, acknowledged {Acknowledged}, evicted in all {Evicted}")]
    public static partial void OutboxOpened(this ILogger logger, long epoch, long produced, long acknowledged, long evicted);

    [LoggerMessage(
        EventId = 2701, EventName = "OutboxBlocked", Level = LogLevel.Error,
        Message = "The disk does not take facts ({Reason}); they wait in memory and are tried again")]
    public static partial void OutboxBlocked(this ILogger logger, Exception error, StorageReason reason);

    [LoggerMessage(
        EventId = 2702, EventName = "OutboxRecovered", Level = LogLevel.Information,
        Message = "The disk takes facts again after {Attempts} attempts")]
    public static partial void OutboxRecovered(this ILogger logger, int attempts);

    [LoggerMessage(
        EventId = 2703, EventName = "OutboxRotten", Level = LogLevel.Error,
        Message = "{Count} facts from sequence {From} on do not match their checksum; they go as tombstones")]
    public static partial void OutboxRotten(this ILogger logger, int count, long from);

    [LoggerMessage(
        EventId = 2704, EventName = "EpochRenewed", Level = LogLevel.Warning,
        Message = "New epoch {Epoch}: the hub knows numbers of the old one that this disk does not")]
    public static partial void EpochRenewed(this ILogger logger, long epoch);

    [LoggerMessage(
        EventId = 2710, EventName = "UplinkBlocked", Level = LogLevel.Error,
        Message = "The outbox does not answer ({Reason}); sending is tried again")]
    public static partial void UplinkBlocked(this ILogger logger, Exception error, StorageReason reason);

    [LoggerMessage(
        EventId = 2711, EventName = "Resending", Level = LogLevel.Information,
        Message = "No acknowledgement in time: sending again from sequence {From} of epoch {Epoch}")]
    public static partial void Resending(this ILogger logger, long from, long epoch);

    [LoggerMessage(
        EventId = 2712, EventName = "BatchFailed", Level = LogLevel.Warning,
        Message = "Facts {First} to {Last} were not handed over ({Failure}): {Detail}")]
    public static partial void BatchFailed(this ILogger logger, long first, long last, MessagingFailure failure, string detail);

    [LoggerMessage(
        EventId = 2713, EventName = "AckUnknown", Level = LogLevel.Error,
        Message = "The hub acknowledged sequence {Sequence}, the newest here is {Produced}: this disk forgot facts")]
    public static partial void AckUnknown(this ILogger logger, long sequence, long produced);

    [LoggerMessage(
        EventId = 2714, EventName = "HoleCovered", Level = LogLevel.Warning,
        Message = "The hub holds less than it acknowledged: sequences {First} to {Last} were covered by a tombstone")]
    public static partial void HoleCovered(this ILogger logger, long first, long last);

    [LoggerMessage(
        EventId = 2720, EventName = "DesiredTaken", Level = LogLevel.Information,
        Message = "Desired state version {Version}: model {Digest}, sampling boost {Boost}")]
    public static partial void DesiredTaken(this ILogger logger, long version, string digest, double boost);

    [LoggerMessage(
        EventId = 2721, EventName = "DesiredIgnored", Level = LogLevel.Debug, Message = "Desired state version {Version} is not newer than {Known}")]
    public static partial void DesiredIgnored(this ILogger logger, long version, long known);

    [LoggerMessage(EventId = 2722, EventName = "MessageUnusable", Level = LogLevel.Warning, Message = "Message on {Topic} cannot be used: {Reason}")]
    public static partial void MessageUnusable(this ILogger logger, string topic, string reason);

    [LoggerMessage(EventId = 2723, EventName = "CommandDone", Level = LogLevel.Information, Message = "Command {Id} ({Kind}): {Outcome}")]
    public static partial void CommandDone(this ILogger logger, string id, string kind, string outcome);

    [LoggerMessage(EventId = 2724, EventName = "ReportFailed", Level = LogLevel.Debug, Message = "{Topic} was not handed over: {Reason}")]
    public static partial void ReportFailed(this ILogger logger, string topic, string reason);

    [LoggerMessage(EventId = 2730, EventName = "SlotStep", Level = LogLevel.Information, Message = "Model {Digest}: {State}{Why}")]
    public static partial void SlotStep(this ILogger logger, string digest, SlotState state, string why);

    [LoggerMessage(
        EventId = 2731, EventName = "DownloadInterrupted", Level = LogLevel.Warning,
        Message = "Download of {Digest} stopped after {Bytes} bytes ({Reason}); it goes on in {WaitSeconds:0.0} s")]
    public static partial void DownloadInterrupted(this ILogger logger, string digest, long bytes, string reason, double waitSeconds);

    [LoggerMessage(
        EventId = 2737, EventName = "DownloadWaits", Level = LogLevel.Information,
        Message = "Download of {Digest} waits {Minutes:0} min for model:downloadWindow to open")]
    public static partial void DownloadWaits(this ILogger logger, string digest, double minutes);

    [LoggerMessage(
        EventId = 2736, EventName = "OrderInterrupted", Level = LogLevel.Warning,
        Message = "Director or image repository does not answer ({Reason}); they are asked again")]
    public static partial void OrderInterrupted(this ILogger logger, string reason);

    [LoggerMessage(
        EventId = 2732, EventName = "AssignmentSkipped", Level = LogLevel.Debug,
        Message = "Model {Digest} failed before ({Reason}) and is not tried again until something else is assigned")]
    public static partial void AssignmentSkipped(this ILogger logger, string digest, string? reason);

    [LoggerMessage(
        EventId = 2733, EventName = "SlotStepFailed", Level = LogLevel.Error,
        Message = "Model {Digest}: the step failed and the assignment is refused")]
    public static partial void SlotStepFailed(this ILogger logger, Exception error, string digest);

    [LoggerMessage(
        EventId = 2734, EventName = "DeltaApplied", Level = LogLevel.Information,
        Message = "Package {Digest} came as a delta of {DeltaBytes} bytes instead of {PackageBytes}")]
    public static partial void DeltaApplied(this ILogger logger, string digest, long deltaBytes, long packageBytes);

    [LoggerMessage(
        EventId = 2738, EventName = "ChunksNear", Level = LogLevel.Information,
        Message = "Of package {Digest} {NearBytes} bytes came from near by and {OwnBytes} were here, of {PackageBytes}")]
    public static partial void ChunksNear(this ILogger logger, string digest, long nearBytes, long ownBytes, long packageBytes);

    [LoggerMessage(
        EventId = 2739, EventName = "ChunksRefused", Level = LogLevel.Warning,
        Message = "The chunk list of package {Digest} is of no use ({Reason}); the whole package is fetched")]
    public static partial void ChunksRefused(this ILogger logger, string digest, string reason);

    [LoggerMessage(
        EventId = 2741, EventName = "PartsRefused", Level = LogLevel.Warning,
        Message = "Package {Digest}, put together from parts, is refused ({Reason}); it is fetched once more, whole, from the hub")]
    public static partial void PartsRefused(this ILogger logger, string digest, string reason);

    [LoggerMessage(
        EventId = 2740, EventName = "PeerLeftAlone", Level = LogLevel.Warning,
        Message = "{Peer} was asked for chunk {Hash} and is left alone: {Reason}")]
    public static partial void PeerLeftAlone(this ILogger logger, string peer, string hash, string reason);

    [LoggerMessage(
        EventId = 2735, EventName = "DeltaRefused", Level = LogLevel.Warning,
        Message = "The delta of package {Digest} is of no use ({Reason}); the whole package is fetched")]
    public static partial void DeltaRefused(this ILogger logger, string digest, string reason);
}
