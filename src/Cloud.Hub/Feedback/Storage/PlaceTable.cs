using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Feedback.Storage;

/// <summary>How far a reader of the archive has come; written with what it read, so that a restart neither misses nor repeats.</summary>
internal static class PlaceTable
{
    public static long Read(SqliteConnection connection, string reader)
    {
        using var statement = new BoundStatement(connection, "SELECT id FROM place WHERE reader=?1");
        statement.Bind(1, reader);
        if (!statement.Step()) return 0;
        var id = statement.Number(0);
        statement.Reset();
        return id;
    }

    public static void Write(SqliteConnection connection, string reader, long id)
    {
        using var statement = new BoundStatement(connection, "INSERT INTO place(reader, id) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET id=?2");
        statement.Bind(1, reader).Bind(2, id).Execute();
    }
}
