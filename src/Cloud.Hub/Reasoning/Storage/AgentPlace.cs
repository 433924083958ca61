using Hmas.Storage;

namespace Cloud.Hub.Reasoning.Storage;

/// <summary>How far the agents have been told what the archive holds, and which sites have an agent: what a restarted hub goes on with.</summary>
internal sealed class AgentPlace(ReasoningStore store)
{
    private const string Reader = "agents";

    /// <summary>The archive's fact id up to which the agents know everything; 0 at first.</summary>
    public long Read() => store.Database.Read(static connection =>
    {
        using var statement = new BoundStatement(connection, "SELECT id FROM place WHERE reader=?1");
        return statement.Bind(1, Reader).Step() ? statement.Number(0) : 0;
    });

    /// <summary>Sites whose agent has heard of something.</summary>
    public IReadOnlyList<string> Sites() => store.Database.Read(static connection =>
    {
        using var statement = new BoundStatement(connection, "SELECT id FROM site ORDER BY id");
        var sites = new List<string>();
        while (statement.Step()) sites.Add(statement.Text(0)!);
        return sites;
    });

    /// <summary>Called after the agents have stored what they were told, so that a crash tells them again and forgets nothing.</summary>
    public Task MoveAsync(long id, IReadOnlyCollection<string> sites, CancellationToken cancellation) => store.Database.WriteAsync(
        connection =>
        {
            using var place = new BoundStatement(connection, "INSERT INTO place(reader, id) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET id=?2");
            place.Bind(1, Reader).Bind(2, id).Execute();
            foreach (var site in sites)
            {
                using var known = new BoundStatement(connection, "INSERT INTO site(id) VALUES(?1) ON CONFLICT DO NOTHING");
                known.Bind(1, site).Execute();
            }
        },
        cancellation);
}
