using Cloud.Hub.Bus;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Reasoning.Storage;
using Hmas.Contracts;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Reasoning;

/// <summary>Every decision of the upper agents, for ever.</summary>
internal sealed class DecisionBook(ReasoningStore store, EventBus bus, ReasoningMetrics metrics, TimeProvider time, ILogger<DecisionBook> logger)
{
    /// <summary>Name of the grain storage that the agents' state lives in.</summary>
    public const string GrainStorage = "hmas";

    public async Task AddAsync(string agent, string decision, string reason, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        await store.Database.WriteAsync(
            connection =>
            {
                using var insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO decisions (at_us, agent, decision, reason) VALUES ($at, $agent, $decision, $reason)";
                insert.Parameters.AddWithValue("$at", at.ToUnixMicroseconds());
                insert.Parameters.AddWithValue("$agent", agent);
                insert.Parameters.AddWithValue("$decision", decision);
                insert.Parameters.AddWithValue("$reason", reason);
                return insert.ExecuteNonQuery();
            },
            cancellation);
        metrics.Decided();
        logger.Decided(agent, decision, reason);
        bus.Publish(new AgentDecided(agent, decision, reason));
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<AgentDecision> Newest(int limit) => store.Database.Read(connection =>
    {
        using var select = connection.CreateCommand();
        select.CommandText = "SELECT at_us, agent, decision, reason FROM decisions ORDER BY id DESC LIMIT $limit";
        select.Parameters.AddWithValue("$limit", limit);
        using SqliteDataReader reader = select.ExecuteReader();
        var decisions = new List<AgentDecision>();
        while (reader.Read())
            decisions.Add(
                new AgentDecision(
                    DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(0)), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        return (IReadOnlyList<AgentDecision>)decisions;
    });
}
