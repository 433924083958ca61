using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Fits that wait, are held by a worker, or have ended and wait for their run.</summary>
internal static class FitTable
{
    /// <summary>Adds a fit; the same one again changes nothing, another of the same run takes its place.</summary>
    public static void Offer(SqliteConnection connection, string run, string fit, int priority, int memoryMiB, byte[] data)
    {
        using (var drop = new BoundStatement(connection, "DELETE FROM fit WHERE run=?1 AND fit<>?2")) drop.Bind(1, run).Bind(2, fit).Execute();
        using var add = new BoundStatement(connection, "INSERT OR IGNORE INTO fit(run, fit, priority, memory_mib, data) VALUES(?1, ?2, ?3, ?4, ?5)");
        add.Bind(1, run).Bind(2, fit).Bind(3, priority).Bind(4, memoryMiB).Bind(5, data).Execute();
    }

    /// <summary>The most urgent fit that nobody holds and that fits into the memory; null: none.</summary>
    public static (string Run, int Losses)? Free(SqliteConnection connection, long nowUs, int memoryMiB)
    {
        using var statement = new BoundStatement(connection, """
            SELECT run, losses + (lease IS NOT NULL) FROM fit WHERE result IS NULL AND until_us<=?1 AND memory_mib<=?2 ORDER BY priority DESC, id LIMIT 1
            """);
        statement.Bind(1, nowUs).Bind(2, memoryMiB);
        return statement.Step() ? (statement.Text(0)!, (int)statement.Number(1)) : null;
    }

    public static void Hold(SqliteConnection connection, string run, string lease, string worker, int losses, long untilUs)
    {
        using var hold = new BoundStatement(connection, "UPDATE fit SET lease=?2, worker=?3, losses=?4, until_us=?5 WHERE run=?1");
        hold.Bind(1, run).Bind(2, lease).Bind(3, worker).Bind(4, losses).Bind(5, untilUs).Execute();
    }

    /// <summary>Run, fingerprint and worker of a lease that holds now; null: it does not.</summary>
    public static (string Run, string Fit, string Worker)? Held(SqliteConnection connection, string lease, long nowUs)
    {
        using var statement = new BoundStatement(connection, "SELECT run, fit, worker FROM fit WHERE lease=?1 AND until_us>?2 AND result IS NULL");
        statement.Bind(1, lease).Bind(2, nowUs);
        return statement.Step() ? (statement.Text(0)!, statement.Text(1)!, statement.Text(2)!) : null;
    }

    public static void Prolong(SqliteConnection connection, string lease, long untilUs)
    {
        using var prolong = new BoundStatement(connection, "UPDATE fit SET until_us=?2 WHERE lease=?1");
        prolong.Bind(1, lease).Bind(2, untilUs).Execute();
    }

    public static void Release(SqliteConnection connection, string lease)
    {
        using var release = new BoundStatement(connection, "UPDATE fit SET lease=NULL, until_us=0 WHERE lease=?1 AND result IS NULL");
        release.Bind(1, lease).Execute();
    }

    public static byte[]? Data(SqliteConnection connection, string run)
    {
        using var statement = new BoundStatement(connection, "SELECT data FROM fit WHERE run=?1");
        statement.Bind(1, run);
        return statement.Step() ? statement.Blob(0).ToArray() : null;
    }

    public static void End(SqliteConnection connection, string run, byte[] result)
    {
        using var end = new BoundStatement(connection, "UPDATE fit SET result=?2 WHERE run=?1 AND result IS NULL");
        end.Bind(1, run).Bind(2, result).Execute();
    }

    /// <summary>Of this fit; null while it goes on.</summary>
    public static byte[]? Result(SqliteConnection connection, string run, string fit)
    {
        using var statement = new BoundStatement(connection, "SELECT result FROM fit WHERE run=?1 AND fit=?2 AND result IS NOT NULL");
        statement.Bind(1, run).Bind(2, fit);
        return statement.Step() ? statement.Blob(0).ToArray() : null;
    }

    /// <summary>When the first lease runs out, µs; null: nobody holds one.</summary>
    public static long? NextExpiry(SqliteConnection connection, long nowUs)
    {
        using var statement = new BoundStatement(connection, "SELECT min(until_us) FROM fit WHERE result IS NULL AND until_us>?1 HAVING count(*)>0");
        statement.Bind(1, nowUs);
        return statement.Step() ? statement.Number(0) : null;
    }

    public static void Drop(SqliteConnection connection, string run)
    {
        using var drop = new BoundStatement(connection, "DELETE FROM fit WHERE run=?1");
        drop.Bind(1, run).Execute();
    }
}
