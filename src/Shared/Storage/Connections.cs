using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Hmas.Storage;

/// <summary>Opens connections the way the store wants them.</summary>
internal static class Connections
{
    /// <summary>After a checkpoint the write-ahead log is cut back to this, so that one burst does not hold its space for ever.</summary>
    private const long WalKeepBytes = 8 << 20;

    /// <summary>https://sqlite.org/vfs.html: locks the file for the process, and keeps the index of the log on its heap.</summary>
    private const string OneProcessVfs = "unix-excl";

    public static SqliteConnection OpenWriter(string path, DatabaseSettings settings)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate, settings);
        try
        {
            ShapeNewFile(connection, settings);
            Execute(connection, "PRAGMA journal_mode=WAL");
            Execute(connection, "PRAGMA synchronous=FULL");
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA wal_autocheckpoint={settings.WalAutoCheckpointPages}"));
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit={WalKeepBytes}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What can be chosen only before the first table and the journal mode; a file that has tables keeps its own.</summary>
    public static void ShapeNewFile(SqliteConnection connection, DatabaseSettings settings)
    {
        // On a file with content the pragmas would change its header, and a file that is to be moved aside must stay as it was found.
        if (Number(connection, "PRAGMA page_count") > 0) return;
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA page_size={settings.PageBytes}"));
        Execute(connection, "PRAGMA auto_vacuum=INCREMENTAL");
    }

    public static SqliteConnection OpenReader(string path, DatabaseSettings settings) => Open(path, SqliteOpenMode.ReadOnly, settings);

    /// <summary>Reads a file that SQLite would otherwise refuse as a whole: <c>writable_schema</c>
    /// lets it read a file shorter than its header says.</summary>
    public static SqliteConnection OpenBroken(string path, DatabaseSettings settings) =>
        Open(path, SqliteOpenMode.ReadOnly, settings, "PRAGMA writable_schema=ON");

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode, DatabaseSettings settings, string? first = null)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Vfs = settings.OneProcess && !OperatingSystem.IsWindows() ? OneProcessVfs : null,
            Pooling = false,
            DefaultTimeout = (int)Math.Ceiling(settings.BusyTimeout.TotalSeconds),
        }.ToString());
        try
        {
            connection.Open();
            if (first is not null) Execute(connection, first);
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={(long)settings.BusyTimeout.TotalMilliseconds}"));
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA cache_size=-{settings.CacheKiB}"));
            Execute(connection, "PRAGMA cell_size_check=ON");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
