using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hmas.Storage;

/// <summary>The disk, or the file on it, did not do what was asked. The message names the file;
/// <see cref="Reason"/> says why, and nothing needs to match text.</summary>
public sealed class StorageException(StorageReason reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageReason Reason { get; } = reason;

    /// <summary>What an error of .NET's file calls is.</summary>
    internal static StorageException Of(Exception error, string path) => new(
        error switch
        {
            // ENOSPC is 28 and EDQUOT 122 in asm-generic/errno.h; .NET carries the number in HResult.
            IOException { HResult: 28 or 122 } => StorageReason.DiskFull,
            UnauthorizedAccessException or DirectoryNotFoundException => StorageReason.Access,
            _ => StorageReason.Io,
        },
        $"{path}: {error.Message}", error);

    internal static StorageException From(SqliteException error, string path)
    {
        var reason = ReasonOf(error.SqliteErrorCode);
        return new StorageException(
            reason, $"{path}: {reason} (SQLite {error.SqliteErrorCode}/{error.SqliteExtendedErrorCode}): {error.Message}", error);
    }

    internal static StorageReason ReasonOf(int code) => code switch
    {
        raw.SQLITE_FULL => StorageReason.DiskFull,
        raw.SQLITE_IOERR => StorageReason.Io,
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => StorageReason.Corrupt,
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => StorageReason.Busy,
        raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => StorageReason.Access,
        raw.SQLITE_CONSTRAINT => StorageReason.Constraint,
        _ => StorageReason.Other,
    };
}
