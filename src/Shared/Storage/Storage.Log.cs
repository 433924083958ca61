using Microsoft.Extensions.Logging;

namespace Hmas.Storage;

/// <summary>Log events of the store: 1400 to 1499.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 1400, EventName = "StoreCorrupt", Level = LogLevel.Error, Message = "{Path} is corrupt ({Finding}); salvaging what reads")]
    public static partial void Corrupt(ILogger logger, string path, string finding);

    [LoggerMessage(EventId = 1401, EventName = "StoreSalvaged", Level = LogLevel.Warning,
        Message = "{Path}: {Rows} rows salvaged, at most {Lost} rows unreadable in {Stretches} stretches; the corrupt file is kept as {Aside}")]
    public static partial void Salvaged(ILogger logger, string path, long rows, long lost, int stretches, string aside);

    [LoggerMessage(EventId = 1402, EventName = "StoreTableUnreadable", Level = LogLevel.Warning, Message = "{Path}: table {Table}: {Reason}")]
    public static partial void TableUnreadable(ILogger logger, string path, string table, string reason);

    [LoggerMessage(
        EventId = 1403, EventName = "StoreWriteFailed", Level = LogLevel.Error,
        Message = "Write rolled back, nothing acknowledged ({Reason}): {Detail}")]
    public static partial void WriteFailed(ILogger logger, StorageReason reason, string detail);

    [LoggerMessage(
        EventId = 1404, EventName = "StoreRollbackFailed", Level = LogLevel.Error,
        Message = "{Path}: rollback failed; the connection is opened anew")]
    public static partial void RollbackFailed(ILogger logger, Exception error, string path);

    [LoggerMessage(
        EventId = 1405, EventName = "StoreMigrated", Level = LogLevel.Information, Message = "{Path}: schema brought from version {From} to {To}")]
    public static partial void Migrated(ILogger logger, string path, long from, long to);
}
