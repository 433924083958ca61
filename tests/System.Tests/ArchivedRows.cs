using Microsoft.Data.Sqlite;

namespace Hmas.System.Tests;

/// <summary>One device's rows in the hub's archive, read behind the hub's back: what is there, not what its counters say.</summary>
/// <param name="LastSequence">The archive's own word: everything up to it was acknowledged.</param>
/// <param name="Evicted">Sequences that the device gave up, of which there are no rows.</param>
/// <param name="Experiences">Sequences in the order in which they were stored.</param>
/// <param name="Facts">The same of all other facts.</param>
internal sealed record ArchivedRows(string DeviceId, long LastSequence, long Evicted, IReadOnlyList<long> Experiences, IReadOnlyList<long> Facts)
{
    public static IReadOnlyList<ArchivedRows> Read(string databaseFile)
    {
        using var connection = new SqliteConnection($"Data Source={databaseFile};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var streams = new List<ArchivedRows>();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT s.id, d.name, s.sequence, s.evicted FROM stream s JOIN device d ON d.id=s.device_id ORDER BY d.name";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var stream = reader.GetInt64(0);
            streams.Add(
                new ArchivedRows(
                    reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), Sequences(connection, "experience", stream),
                    Sequences(connection, "fact", stream)));
        }

        return streams;
    }

    private static List<long> Sequences(SqliteConnection connection, string table, long stream)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT sequence FROM {table} WHERE stream_id=$stream ORDER BY id";
        command.Parameters.AddWithValue("$stream", stream);
        using var reader = command.ExecuteReader();
        var found = new List<long>();
        while (reader.Read()) found.Add(reader.GetInt64(0));
        return found;
    }
}
