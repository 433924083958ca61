using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Models;

/// <summary>Event ids 2500 to 2599.</summary>
internal static partial class ModelsLog
{
    [LoggerMessage(
        EventId = 2500, EventName = "SlotsWritten", Level = LogLevel.Debug,
        Message = "Slots: active {Active} (committed {Committed}), previous {Previous}, standby {Standby}")]
    public static partial void SlotsWritten(this ILogger logger, string? active, bool committed, string? previous, string? standby);

    [LoggerMessage(
        EventId = 2501, EventName = "SlotsUnreadable", Level = LogLevel.Error,
        Message = "{Path} cannot be read ({Reason}); it is moved aside and the slots begin empty")]
    public static partial void SlotsUnreadable(this ILogger logger, string path, string reason);

    // 2502 was CountersUnreadable.

    [LoggerMessage(
        EventId = 2503, EventName = "RecordDamaged", Level = LogLevel.Warning,
        Message = "{Path} is damaged and moved aside: a power cut ended its last write, or it rotted; the other copy counts")]
    public static partial void RecordDamaged(this ILogger logger, string path);

    [LoggerMessage(
        EventId = 2504, EventName = "OlderFileUnreadable", Level = LogLevel.Error,
        Message = "{Path} of an older agent cannot be taken over ({Reason})")]
    public static partial void OlderFileUnreadable(this ILogger logger, string path, string reason);

    [LoggerMessage(
        EventId = 2505, EventName = "TakeOverFailed", Level = LogLevel.Warning,
        Message = "The disk does not take the record of an older agent's files ({Reason}); they are read again at the next start")]
    public static partial void TakeOverFailed(this ILogger logger, Exception error, StorageReason reason);

    [LoggerMessage(
        EventId = 2506, EventName = "TrialInterrupted", Level = LogLevel.Warning,
        Message = "The machine went down while {Digest} was tried or had just begun to answer, {Times} times by now")]
    public static partial void TrialInterrupted(this ILogger logger, string digest, int times);

    [LoggerMessage(
        EventId = 2507, EventName = "InterruptionNotCounted", Level = LogLevel.Warning,
        Message = "The disk does not take the count of an interrupted trial ({Reason}); the next start counts it")]
    public static partial void InterruptionNotCounted(this ILogger logger, Exception error, StorageReason reason);
}
