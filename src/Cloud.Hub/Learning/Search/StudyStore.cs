using System.Text.Json;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Search;

/// <summary>One study in one SQLite file (docs/formats/search-study.md): trials when they are asked for, results
/// when they are known, each on disk before the search goes on.</summary>
internal sealed class StudyStore : IAsyncDisposable
{
    private static readonly IReadOnlyList<Migration> Migrations =
    [
        new(1, """
            CREATE TABLE study(id INTEGER PRIMARY KEY CHECK(id = 1), settings TEXT NOT NULL);
            CREATE TABLE trial(id INTEGER PRIMARY KEY, unit TEXT NOT NULL, refinement INTEGER NOT NULL);
            CREATE TABLE result(id INTEGER PRIMARY KEY AUTOINCREMENT, trial INTEGER NOT NULL REFERENCES trial(id), rung INTEGER NOT NULL, value REAL, seconds REAL NOT NULL,
                UNIQUE(trial, rung));
            """),
    ];

    private readonly Database _database;

    private StudyStore(Database database) => _database = database;

    /// <summary>Opens the study in the file, or begins it.</summary>
    /// <exception cref="ArgumentException">The file holds another study; the message names file and difference.</exception>
    /// <exception cref="StorageException">The file cannot be opened.</exception>
    public static async Task<StudyStore> OpenAsync(string path, StudySettings settings, CancellationToken cancellation)
    {
        var store = new StudyStore(Database.Open(path, Migrations));
        try
        {
            await store.RequireAsync(path, settings, cancellation);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>All trials with their newest result, in the order they were asked for.</summary>
    public IReadOnlyList<SearchTrial> Trials()
    {
        var newest = Results().GroupBy(result => result.Trial).ToDictionary(group => group.Key, group => group.MaxBy(result => result.Rung)!);
        return _database.Read(connection =>
        {
            using var command = Command(connection, "SELECT id, unit, refinement FROM trial ORDER BY id");
            using var reader = command.ExecuteReader();
            var trials = new List<SearchTrial>();
            while (reader.Read())
            {
                var result = newest.GetValueOrDefault(reader.GetInt32(0));
                var unit = JsonSerializer.Deserialize(reader.GetString(1), SearchJson.Default.IReadOnlyListDouble)!;
                trials.Add(new SearchTrial(reader.GetInt32(0), unit, reader.GetBoolean(2), result?.Value, result?.Rung ?? 0));
            }

            return trials;
        });
    }

    /// <summary>All results in the order they came.</summary>
    public IReadOnlyList<TrialResult> Results() => _database.Read(connection =>
    {
        using var command = Command(connection, "SELECT trial, rung, value, seconds FROM result ORDER BY id");
        using var reader = command.ExecuteReader();
        var results = new List<TrialResult>();
        // SQLite has no NaN: a failed run is a null.
        while (reader.Read())
            results.Add(
                new TrialResult(reader.GetInt32(0), reader.GetInt32(1), reader.IsDBNull(2) ? double.NaN : reader.GetDouble(2), reader.GetDouble(3)));
        return results;
    });

    public Task KeepAsync(SearchTrial trial, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(connection, "INSERT INTO trial(id, unit, refinement) VALUES($id, $unit, $refinement)");
            command.Parameters.AddWithValue("$id", trial.Id);
            command.Parameters.AddWithValue("$unit", JsonSerializer.Serialize(trial.Unit, SearchJson.Default.IReadOnlyListDouble));
            command.Parameters.AddWithValue("$refinement", trial.IsRefinement);
            command.ExecuteNonQuery();
        },
        cancellation);

    public Task KeepAsync(TrialResult result, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var command = Command(connection, "INSERT INTO result(trial, rung, value, seconds) VALUES($trial, $rung, $value, $seconds)");
            command.Parameters.AddWithValue("$trial", result.Trial);
            command.Parameters.AddWithValue("$rung", result.Rung);
            command.Parameters.AddWithValue("$value", double.IsFinite(result.Value) ? result.Value : DBNull.Value);
            command.Parameters.AddWithValue("$seconds", result.Seconds);
            command.ExecuteNonQuery();
        },
        cancellation);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task RequireAsync(string path, StudySettings settings, CancellationToken cancellation)
    {
        var wanted = JsonSerializer.Serialize(settings, SearchJson.Default.StudySettings);
        var found = await _database.WriteAsync(
            connection =>
            {
                using (var insert = Command(connection, "INSERT OR IGNORE INTO study(id, settings) VALUES(1, $settings)"))
                {
                    insert.Parameters.AddWithValue("$settings", wanted);
                    insert.ExecuteNonQuery();
                }

                using var select = Command(connection, "SELECT settings FROM study");
                return (string)select.ExecuteScalar()!;
            },
            cancellation);
        if (found != wanted) throw new ArgumentException($"{path} holds another study: {found}, asked for {wanted}");
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
