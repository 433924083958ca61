using System.Text;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Memory.Archive;

/// <summary>Reads pages of the archive; each call is one short snapshot, so that a slow reader never holds the log.</summary>
internal static class ArchiveQueries
{
    /// <summary>Of a fact's row beside its body: its columns, and its place in an index.</summary>
    public const int FactOverheadBytes = 48;

    private const string Columns = "e.id, d.site, d.name, s.epoch, e.sequence, p.body";
    private const string Joins = "JOIN stream s ON s.id=e.stream_id JOIN device d ON d.id=e.device_id LEFT JOIN payload p ON p.id=e.id";

    /// <summary>The next rows behind <paramref name="cursor"/> in the query's order, and those whose payload is broken.</summary>
    public static ArchivePage Page(SqliteConnection connection, ExperienceQuery query, long cursor, int limit)
    {
        using var statement = new BoundStatement(connection, PageSql(query));
        var next = 1;
        statement.Bind(next++, cursor);
        if (query.RunId is not null) statement.Bind(next++, query.RunId);
        if (query.DeviceId is not null) statement.Bind(next++, query.DeviceId);
        if (query.SiteId is not null) statement.Bind(next++, query.SiteId);
        if (query.FromUs is { } from) statement.Bind(next++, from);
        if (query.ToUs is { } to) statement.Bind(next++, to);
        if (query.Reasons is { } reasons) statement.Bind(next++, (long)reasons);
        statement.Bind(next, limit);
        var page = new ArchivePage();
        while (statement.Step()) Take(statement, page);
        return page;
    }

    public static ArchivePage ByIds(SqliteConnection connection, ReadOnlySpan<long> ids)
    {
        using var statement = new BoundStatement(connection, $"SELECT {Columns} FROM experience e {Joins} WHERE e.id=?1");
        var page = new ArchivePage();
        foreach (var id in ids)
        {
            statement.Bind(1, id);
            while (statement.Step()) Take(statement, page);
        }

        return page;
    }

    public static FactPage Facts(SqliteConnection connection, FactQuery query, long afterId, int limit)
    {
        using var statement = new BoundStatement(connection, $"""
            SELECT f.id, d.site, d.name, s.epoch, f.sequence, f.kind, f.time_us, f.body FROM fact f JOIN stream s ON s.id=f.stream_id JOIN device d ON d.id=s.device_id
            WHERE f.id>?1 {(query.Kind is null ? "" : "AND f.kind=?3")} ORDER BY f.id LIMIT ?2
            """);
        statement.Bind(1, afterId).Bind(2, limit);
        if (query.Kind is { } kind) statement.Bind(3, (long)kind);
        var page = new FactPage();
        while (statement.Step())
        {
            page.LastId = statement.Number(0);
            page.Rows++;
            if (!CheckedPayload.TryOpen(statement.Blob(7), out var payload))
            {
                page.Broken.Add(page.LastId);
                continue;
            }

            var fact = new Fact(statement.Number(4), (FactKind)statement.Number(5), statement.Number(6), payload.ToArray());
            page.Facts.Add(new ArchivedFact(page.LastId, statement.Text(1)!, statement.Text(2)!, statement.Number(3), fact));
        }

        return page;
    }

    /// <summary>What the facts beside experiences take, about.</summary>
    public static long FactBytes(SqliteConnection connection)
    {
        using var statement = new BoundStatement(connection, $"SELECT coalesce(sum(length(body)+{FactOverheadBytes}), 0) FROM fact");
        return statement.Step() ? statement.Number(0) : 0;
    }

    public static ArchiveStatistics Statistics(SqliteConnection connection, long bytes)
    {
        var devices = new List<DeviceArchive>();
        long facts = 0, experiences = 0, repeats = 0, gaps = 0, evicted = 0;
        using (var statement = new BoundStatement(connection, """
            SELECT d.site, d.name, s.epoch, s.sequence, s.experiences, s.facts, s.repeats, s.gaps, s.evicted FROM stream s JOIN device d ON d.id=s.device_id ORDER BY d.name, s.id
            """))
        {
            while (statement.Step())
            {
                devices.Add(new DeviceArchive(statement.Text(0)!, statement.Text(1)!, statement.Number(2), statement.Number(3), statement.Number(4)));
                experiences += statement.Number(4);
                facts += statement.Number(5);
                repeats += statement.Number(6);
                gaps += statement.Number(7);
                evicted += statement.Number(8);
            }
        }

        using var quarantine = new BoundStatement(connection, "SELECT count(*) FROM quarantine");
        quarantine.Step();
        return new ArchiveStatistics(facts, experiences, repeats, gaps, evicted, quarantine.Number(0), bytes, devices);
    }

    /// <summary>Calls back with id, value and bytes of every experience, by id.</summary>
    public static void ForEach(SqliteConnection connection, Action<long, double, long> use)
    {
        using var statement = new BoundStatement(connection, "SELECT id, value, bytes FROM experience ORDER BY id");
        while (statement.Step()) use(statement.Number(0), statement.Real(1), statement.Number(2));
    }

    private static string PageSql(ExperienceQuery query)
    {
        var next = 2;
        var isDescending = query.BeforeId is not null;
        var sql = new StringBuilder($"SELECT {Columns} FROM experience e {Joins} WHERE e.id{(isDescending ? '<' : '>')}?1");
        // The unary plus keeps SQLite from an index whose rows do not come in id order.
        if (query.RunId is not null) sql.Append($" AND e.run=?{next++}");
        if (query.DeviceId is not null)
            sql.Append($" AND {(query.RunId is null ? "" : "+")}e.device_id=(SELECT id FROM device WHERE name=?{next++})");
        if (query.SiteId is not null) sql.Append($" AND +e.device_id IN (SELECT id FROM device WHERE site=?{next++})");
        if (query.FromUs is not null) sql.Append($" AND e.end_us>=?{next++}");
        if (query.ToUs is not null) sql.Append($" AND e.start_us<=?{next++}");
        if (query.Reasons is not null) sql.Append($" AND (e.reasons & ?{next++})<>0");
        return sql.Append($" ORDER BY e.id{(isDescending ? " DESC" : "")} LIMIT ?{next}").ToString();
    }

    /// <summary>The highest id that was ever given, also when its fact has gone since.</summary>
    public static long LastFactId(SqliteConnection connection)
    {
        using var statement = new BoundStatement(connection, "SELECT seq FROM sqlite_sequence WHERE name='fact'");
        return statement.Step() ? statement.Number(0) : 0;
    }

    private static void Take(BoundStatement statement, ArchivePage page)
    {
        page.LastId = statement.Number(0);
        page.Rows++;
        if (!CheckedPayload.TryOpen(statement.Blob(5), out var payload))
        {
            page.Broken.Add(page.LastId);
            return;
        }

        try
        {
            var record = ExperienceCodec.Decode(payload);
            page.Experiences.Add(
                new ArchivedExperience(page.LastId, statement.Text(1)!, statement.Text(2)!, statement.Number(3), statement.Number(4), record));
        }
        catch (WireFormatException)
        {
            page.Broken.Add(page.LastId);
        }
    }
}
