using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Cloud.Hub.Reasoning.Contract;
using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Reasoning;

/// <summary>Every decision of the upper agents, for ever, in <c>reasoning.db</c>.</summary>
internal sealed class DecisionBook(HubPaths paths, EventBus bus, TimeProvider time, ILogger<DecisionBook> logger) : IAsyncDisposable
{
    /// <summary>Name of the grain storage that the agents' state lives in.</summary>
    public const string GrainStorage = "hmas";

    private static readonly Migration[] Migrations =
    [
        new(1, """
            CREATE TABLE decisions (
                id INTEGER PRIMARY KEY,
                at_us INTEGER NOT NULL,
                agent TEXT NOT NULL,
                decision TEXT NOT NULL,
                reason TEXT NOT NULL
            ) STRICT;
            """),
    ];

    private readonly Database _database = Database.Open(paths.Database("reasoning"), Migrations, logger: logger);

    public async Task AddAsync(string agent, string decision, string reason, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        await _database.WriteAsync(
            connection =>
            {
                using var insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO decisions (at_us, agent, decision, reason) VALUES ($at, $agent, $decision, $reason)";
                insert.Parameters.AddWithValue("$at", (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
                insert.Parameters.AddWithValue("$agent", agent);
                insert.Parameters.AddWithValue("$decision", decision);
                insert.Parameters.AddWithValue("$reason", reason);
                return insert.ExecuteNonQuery();
            },
            cancellation);
        logger.Decided(agent, decision, reason);
        bus.Publish(new AgentDecided(agent, decision, reason));
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<AgentDecision> Newest(int limit) => _database.Read(connection =>
    {
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT at_us, agent, decision, reason FROM decisions ORDER BY id DESC LIMIT $limit";
        select.Parameters.AddWithValue("$limit", limit);
        using SqliteDataReader reader = select.ExecuteReader();
        var decisions = new List<AgentDecision>();
        while (reader.Read())
            decisions.Add(new AgentDecision(DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return (IReadOnlyList<AgentDecision>)decisions;
    });

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
