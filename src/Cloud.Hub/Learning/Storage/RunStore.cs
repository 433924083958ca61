using System.Runtime.InteropServices;
using System.Text.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Training runs and the newest checkpoint of each that is under way, in learning.db.</summary>
internal sealed class RunStore : IAsyncDisposable
{
    private readonly Database _database;

    public DatabaseHealth Health => _database.Health;

    public RunStore(HubPaths paths, ILogger<RunStore> logger) =>
        _database = Database.Open(paths.Database("learning"), LearningSchema.Migrations, logger: logger);

    /// <summary>Adds or replaces a run; on disk when the task is done.</summary>
    public Task SaveAsync(TrainingRunView run, CancellationToken cancellation)
    {
        var body = JsonSerializer.Serialize(run, LearningJson.Default.TrainingRunView);
        return _database.WriteAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText =
                    "INSERT INTO run(name, state, body) VALUES($name, $state, $body) ON CONFLICT(name) DO UPDATE SET state = excluded.state, body = excluded.body";
                command.Parameters.AddWithValue("$name", run.RunId);
                command.Parameters.AddWithValue("$state", run.State);
                command.Parameters.AddWithValue("$body", body);
                command.ExecuteNonQuery();
            },
            cancellation);
    }

    public TrainingRunView? Find(string runId) => Query("SELECT body FROM run WHERE name = $name", ("$name", runId)).FirstOrDefault();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<TrainingRunView> All() => Query("SELECT body FROM run ORDER BY id DESC");

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<TrainingRunView> Unfinished() =>
        Query("SELECT body FROM run WHERE state NOT IN ('registered', 'rejected', 'failed', 'cancelled', 'searched') ORDER BY id");

    /// <summary>Parts of the given runs; those met for the first time get theirs now, for good.</summary>
    public async Task<IReadOnlyDictionary<string, RunPart>> SplitAsync(
        IReadOnlyCollection<SplitGroup> groups, CancellationToken cancellation)
    {
        var known = _database.Read(SplitTable.Read);
        if (groups.All(group => group.Names.All(known.ContainsKey))) return known;
        return await _database.WriteAsync(
            connection =>
            {
                var present = SplitTable.Read(connection);
                SplitTable.Add(connection, RunSplit.Assign(present, groups));
                return SplitTable.Read(connection);
            },
            cancellation);
    }

    /// <summary>Keeps which samples a run's parts read; on disk when the task is done.</summary>
    public Task KeepDatasetsAsync(string runId, IReadOnlyList<DatasetView> parts, CancellationToken cancellation) =>
        _database.WriteAsync(connection => DatasetTable.Keep(connection, runId, parts), cancellation);

    /// <summary>Empty when the run has not begun, or is from before they were kept.</summary>
    public IReadOnlyList<DatasetView> Datasets(string runId) => _database.Read(connection => DatasetTable.Read(connection, runId));

    public IReadOnlyList<DatasetUse> Uses(long experienceId) => _database.Read(connection => DatasetTable.Uses(connection, experienceId));

    /// <param name="fit">Fingerprint of the fit: a checkpoint goes on only with the same.</param>
    public static void KeepCheckpoint(SqliteConnection connection, string runId, string fit, byte[] body)
    {
        using var keep = new BoundStatement(
            connection,
            "INSERT INTO checkpoint(run, data_digest, body) VALUES(?1, ?2, ?3) ON CONFLICT(run) DO UPDATE SET data_digest = excluded.data_digest, body = excluded.body");
        keep.Bind(1, runId).Bind(2, fit).Bind(3, body).Execute();
    }

    /// <summary>Null when there is none of this fit.</summary>
    public byte[]? Checkpoint(string runId, string fit) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM checkpoint WHERE run = $run AND data_digest = $digest";
        command.Parameters.AddWithValue("$run", runId);
        command.Parameters.AddWithValue("$digest", fit);
        return command.ExecuteScalar() as byte[];
    });

    /// <summary>Forgets a run's fit and its checkpoint.</summary>
    public Task DropFitAsync(string runId, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            FitTable.Drop(connection, runId);
            using var drop = new BoundStatement(connection, "DELETE FROM checkpoint WHERE run=?1");
            drop.Bind(1, runId).Execute();
        },
        cancellation);

    /// <summary>Keeps a registered model's values, for fits that start from it.</summary>
    public Task KeepWeightsAsync(string model, string architecture, float[] values, CancellationToken cancellation) => _database.WriteAsync(
        connection =>
        {
            using var keep = new BoundStatement(connection, "INSERT OR IGNORE INTO weights(model, architecture, body) VALUES(?1, ?2, ?3)");
            keep.Bind(1, model).Bind(2, architecture).Bind(3, MemoryMarshal.AsBytes(values.AsSpan()).ToArray()).Execute();
        },
        cancellation);

    /// <summary>Null when the model was not made here.</summary>
    public (string Architecture, float[] Values)? Weights(string model) => _database.Read<(string, float[])?>(connection =>
    {
        using var statement = new BoundStatement(connection, "SELECT architecture, body FROM weights WHERE model=?1");
        statement.Bind(1, model);
        return statement.Step() ? (statement.Text(0)!, MemoryMarshal.Cast<byte, float>(statement.Blob(1)).ToArray()) : null;
    });

    /// <summary>One work on the writer's thread, on disk when the task is done.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation) => _database.WriteAsync(work, cancellation);

    public T Read<T>(Func<SqliteConnection, T> work) => _database.Read(work);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private List<TrainingRunView> Query(string sql, params (string Name, string Value)[] parameters) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var runs = new List<TrainingRunView>();
        while (reader.Read()) runs.Add(JsonSerializer.Deserialize(reader.GetString(0), LearningJson.Default.TrainingRunView)!);
        return runs;
    });
}
