using Cloud.Hub.Learning.Datasets;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Storage;

/// <summary>What each run of a machine is for, settled once.</summary>
internal static class SplitTable
{
    public static Dictionary<string, RunPart> Read(SqliteConnection connection)
    {
        using var statement = new BoundStatement(connection, "SELECT run, part FROM split");
        var parts = new Dictionary<string, RunPart>(StringComparer.Ordinal);
        while (statement.Step()) parts.Add(statement.Text(0)!, (RunPart)statement.Number(1));
        return parts;
    }

    /// <summary>Adds those that have no part; a part is never changed.</summary>
    public static void Add(SqliteConnection connection, IReadOnlyDictionary<string, RunPart> parts)
    {
        using var add = new BoundStatement(connection, "INSERT OR IGNORE INTO split(run, part) VALUES(?1, ?2)");
        foreach (var (run, part) in parts) add.Bind(1, run).Bind(2, (long)part).Execute();
    }
}
