using Cloud.Hub.Host;
using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary><c>rollouts.db</c> (docs/formats/rollouts.md): a rollout without its lists, its transitions, a
/// row for each of its devices. A landed step is never edited.</summary>
internal sealed class RolloutTables(HubPaths paths, ILogger<RolloutTables> logger) : IAsyncDisposable
{
    private static IReadOnlyList<Migration> Migrations { get; } =
    [
        // A device is held by one rollout at a time: the partial index says so, whoever writes.
        new(1, """
            CREATE TABLE rollouts (
              number INTEGER PRIMARY KEY,
              id TEXT NOT NULL UNIQUE,
              revision INTEGER NOT NULL,
              is_open INTEGER NOT NULL,
              document BLOB NOT NULL
            );
            CREATE INDEX rollouts_open ON rollouts (number) WHERE is_open = 1;
            CREATE TABLE rollout_transitions (
              rollout INTEGER NOT NULL,
              position INTEGER NOT NULL,
              document BLOB NOT NULL,
              PRIMARY KEY (rollout, position)
            ) WITHOUT ROWID;
            CREATE TABLE rollout_devices (
              rollout INTEGER NOT NULL,
              position INTEGER NOT NULL,
              device TEXT NOT NULL,
              is_held INTEGER NOT NULL,
              document BLOB NOT NULL,
              PRIMARY KEY (rollout, position)
            ) WITHOUT ROWID;
            CREATE UNIQUE INDEX rollout_devices_held ON rollout_devices (device) WHERE is_held = 1;
            """),
    ];

    public Database Database { get; } = Database.Open(paths.Database("rollouts"), Migrations, logger: logger);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
