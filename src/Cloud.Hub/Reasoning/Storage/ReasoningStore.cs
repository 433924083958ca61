using Cloud.Hub.Host;
using Hmas.Storage;

namespace Cloud.Hub.Reasoning.Storage;

/// <summary>The service's own file, <c>reasoning.db</c>: decisions, and how far the archive was read.</summary>
internal sealed class ReasoningStore(HubPaths paths, ILogger<ReasoningStore> logger) : IAsyncDisposable
{
    /// <summary>Landed steps are never edited.</summary>
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
        new(2, """
            CREATE TABLE place (reader TEXT PRIMARY KEY, id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
            CREATE TABLE site (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
            """),
    ];

    public Database Database { get; } = Database.Open(paths.Database("reasoning"), Migrations, logger: logger);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
