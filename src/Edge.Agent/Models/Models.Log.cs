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

    [LoggerMessage(
        EventId = 2502, EventName = "CountersUnreadable", Level = LogLevel.Error,
        Message = "{Path} is damaged: the release counters go by the other copy and by the slots")]
    public static partial void CountersUnreadable(this ILogger logger, string path);
}
