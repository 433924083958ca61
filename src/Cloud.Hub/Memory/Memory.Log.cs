namespace Cloud.Hub.Memory;

/// <summary>Log events of the Memory service: 8200 to 8299.</summary>
internal static partial class Log
{
    [LoggerMessage(EventId = 8200, EventName = "ArchiveRecordsQuarantined", Level = LogLevel.Error,
        Message = "{Count} archived records between ids {First} and {Last} fail their checksum and were moved to the quarantine table")]
    public static partial void Quarantined(ILogger logger, int count, long first, long last);

    [LoggerMessage(EventId = 8201, EventName = "ArchiveRetired", Level = LogLevel.Information,
        Message = "{Experiences} experiences and {Facts} other facts of least value let go: the archive held {Used} bytes, its bound is {Bound}; {Freed} bytes given back")]
    public static partial void Retired(ILogger logger, long experiences, long facts, long used, long bound, long freed);

    [LoggerMessage(
        EventId = 8202, EventName = "ArchiveRetentionFailed", Level = LogLevel.Error,
        Message = "Retention failed ({Reason}); it is tried again at the next interval")]
    public static partial void RetentionFailed(ILogger logger, Hmas.Storage.StorageReason reason, Exception error);
}
