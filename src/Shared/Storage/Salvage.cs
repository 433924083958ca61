using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Hmas.Storage;

/// <summary>Builds a good file out of a corrupt one and swaps them; the corrupt one stays as <c>name.corrupt-n</c>, with its log.</summary>
/// <remarks>
/// The swap survives a crash at any point: the good file is complete and synced as <c>name.salvage</c>
/// before the corrupt one moves. So a <c>name.salvage</c> beside a
/// <c>name</c> is an unfinished copy, and one without a <c>name</c> only has to take its place.
/// </remarks>
internal static class Salvage
{
    /// <summary>Finishes or forgets what a crash interrupted. Call before the file is opened.</summary>
    public static void FinishInterrupted(string path)
    {
        var good = path + ".salvage";
        if (!File.Exists(good)) return;
        if (File.Exists(path))
        {
            File.Delete(good);
            return;
        }

        var aside = AsideNames(path).LastOrDefault() ?? NextAside(path);
        MoveCompanions(path, aside);
        File.Move(good, path);
        Native.Folder.Sync(FolderOf(path));
    }

    public static int CountAside(string path) => AsideNames(path).Count();

    /// <exception cref="StorageException">The good file cannot be written, for example on a full
    /// disk; the corrupt one stands where it was.</exception>
    public static SalvageReport Run(string path, IReadOnlyList<Migration> migrations, DatabaseSettings settings, ILogger logger)
    {
        var good = path + ".salvage";
        long rows = 0, lost = 0;
        var stretches = 0;
        try
        {
            using (var target = OpenTarget(good, settings))
            {
                Copy(path, target, migrations, settings, logger, ref rows, ref lost, ref stretches);
            }

            using (var file = File.OpenHandle(good, access: FileAccess.ReadWrite)) RandomAccess.FlushToDisk(file);
        }
        catch (SqliteException error)
        {
            File.Delete(good);
            throw StorageException.From(error, good);
        }

        var aside = NextAside(path);
        File.Move(path, aside);
        MoveCompanions(path, aside);
        Native.Folder.Sync(FolderOf(path));
        File.Move(good, path);
        Native.Folder.Sync(FolderOf(path));
        Log.Salvaged(logger, path, rows, lost, stretches, aside);
        return new SalvageReport(aside, rows, lost, stretches);
    }

    /// <summary>No journal: the file is synced as a whole at the end, and thrown away if that is not reached.</summary>
    private static SqliteConnection OpenTarget(string good, DatabaseSettings settings)
    {
        DatabaseFile.CreatePrivate(good);
        var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = good, Pooling = false }.ToString());
        target.Open();
        Connections.ShapeNewFile(target, settings);
        Connections.Execute(target, "PRAGMA journal_mode=OFF");
        Connections.Execute(target, "PRAGMA synchronous=OFF");
        return target;
    }

    private static void Copy(
        string path, SqliteConnection target, IReadOnlyList<Migration> migrations, DatabaseSettings settings, ILogger logger, ref long rows,
        ref long lost, ref int stretches)
    {
        using var source = TryOpenSource(path, settings, logger, out var version);
        if (source is null)
        {
            Schema.Migrate(target, path, migrations, migrations.Count);
            lost++;
            stretches++;
            return;
        }

        // The rows fit the schema they were written under; later steps then change them as they would have.
        Schema.Migrate(target, path, migrations, version);
        Connections.Execute(target, "BEGIN");
        foreach (var table in Tables(target))
        {
            using var salvage = new TableSalvage(source, target, table.Name, table.Columns);
            try
            {
                if (table.Key is null) salvage.CopyByRowId();
                else salvage.CopyFromBothEnds(table.Key);
            }
            catch (SqliteException error) when (error.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
            {
                // The corrupt file's schema does not name the table or a column.
                Log.TableUnreadable(logger, path, table.Name, error.Message);
                lost++;
                stretches++;
            }

            rows += salvage.Rows;
            lost += salvage.Lost;
            stretches += salvage.Stretches;
        }

        Connections.Execute(target, "COMMIT");
        Schema.Migrate(target, path, migrations, migrations.Count);
    }

    private static SqliteConnection? TryOpenSource(string path, DatabaseSettings settings, ILogger logger, out long version)
    {
        version = 0;
        SqliteConnection? source = null;
        try
        {
            source = Connections.OpenBroken(path, settings);
            version = Schema.VersionOf(source);
            _ = Connections.Number(source, "SELECT count(*) FROM sqlite_master");
            return source;
        }
        catch (SqliteException error)
        {
            Log.TableUnreadable(logger, path, "(all)", error.Message);
            source?.Dispose();
            return null;
        }
    }

    /// <summary>Name, columns, and for a WITHOUT ROWID table its key columns, of what the schema makes.</summary>
    private static List<(string Name, List<string> Columns, string? Key)> Tables(SqliteConnection target)
    {
        var tables = new List<(string, List<string>, string?)>();
        foreach (var (name, withoutRowId) in Query(
            target, "SELECT name, wr FROM pragma_table_list WHERE schema='main' AND type='table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"))
        {
            var columns = Query(target, $"SELECT name, pk FROM pragma_table_info('{name.Replace("'", "''", StringComparison.Ordinal)}')").ToList();
            var key = withoutRowId == 0
                ? null : string.Join(',', columns.Where(c => c.Number > 0).OrderBy(c => c.Number).Select(c => TableSalvage.Quote(c.Name)));
            tables.Add((name, columns.ConvertAll(c => c.Name), key));
        }

        return tables;
    }

    private static List<(string Name, long Number)> Query(SqliteConnection connection, string sql)
    {
        var found = new List<(string, long)>();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read()) found.Add((reader.GetString(0), reader.GetInt64(1)));
        return found;
    }

    private static void MoveCompanions(string path, string aside)
    {
        foreach (var suffix in (ReadOnlySpan<string>)["-wal", "-shm"])
        {
            if (File.Exists(path + suffix)) File.Move(path + suffix, aside + suffix, overwrite: true);
        }
    }

    private static string NextAside(string path)
    {
        for (var n = 1; ; n++)
        {
            var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{n}");
            if (!File.Exists(aside)) return aside;
        }
    }

    private static IEnumerable<string> AsideNames(string path)
    {
        for (var n = 1; ; n++)
        {
            var aside = string.Create(CultureInfo.InvariantCulture, $"{path}.corrupt-{n}");
            if (!File.Exists(aside)) yield break;
            yield return aside;
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path)!;
}
