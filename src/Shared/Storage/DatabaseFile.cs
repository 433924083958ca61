using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Hmas.Storage;

/// <summary>Opens a file so that what follows can rely on it: whole, at the program's schema, or moved aside and salvaged.</summary>
internal static class DatabaseFile
{
    public static (SqliteConnection Writer, SalvageReport? Salvaged) Open(
        string path, IReadOnlyList<Migration> migrations, DatabaseSettings settings, ILogger logger)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            Salvage.FinishInterrupted(path);
            CreatePrivate(path);
            if (TryOpenGood(path, migrations, settings, logger, out var finding) is { } writer) return (writer, null);
            Log.Corrupt(logger, path, finding);
            var report = Salvage.Run(path, migrations, settings, logger);
            return (TryOpenGood(path, migrations, settings, logger, out finding)
                ?? throw new StorageException(
                    StorageReason.Corrupt, $"{path} is corrupt again right after it was salvaged ({finding}): suspect the disk"), report);
        }
        catch (SqliteException error)
        {
            throw StorageException.From(error, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(
                error is UnauthorizedAccessException ? StorageReason.Access : StorageReason.Io, $"{path}: {error.Message}", error);
        }
    }

    /// <summary>Makes an empty file that only its owner reads; SQLite gives its log the same permissions.</summary>
    public static void CreatePrivate(string path)
    {
        if (File.Exists(path)) return;
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
    }

    private static SqliteConnection? TryOpenGood(
        string path, IReadOnlyList<Migration> migrations, DatabaseSettings settings, ILogger logger, out string finding)
    {
        SqliteConnection? writer = null;
        try
        {
            writer = Connections.OpenWriter(path, settings);
            finding = QuickCheck(writer);
            if (finding.Length == 0)
            {
                var before = Schema.VersionOf(writer);
                Schema.Migrate(writer, path, migrations, migrations.Count);
                if (before != migrations.Count) Log.Migrated(logger, path, before, migrations.Count);
                return writer;
            }
        }
        catch (SqliteException error) when (StorageException.ReasonOf(error.SqliteErrorCode) == StorageReason.Corrupt)
        {
            finding = error.Message;
        }
        catch
        {
            writer?.Dispose();
            throw;
        }

        writer?.Dispose();
        return null;
    }

    /// <summary>Empty when the structure is whole, else the first finding.</summary>
    private static string QuickCheck(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA quick_check(1)";
        var finding = command.ExecuteScalar() as string ?? "quick_check gave no answer";
        return finding == "ok" ? "" : finding;
    }
}
