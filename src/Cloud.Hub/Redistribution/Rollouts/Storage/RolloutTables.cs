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
        // What every device of a large rollout has stands in columns: it begins, is told and ends without a document.
        new(2, """
            CREATE TABLE digests (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE);
            INSERT OR IGNORE INTO digests (digest)
              SELECT json_extract(CAST(document AS TEXT), '$.previousDigest') AS previous FROM rollout_devices WHERE previous IS NOT NULL;
            CREATE TABLE devices (
              rollout INTEGER NOT NULL,
              position INTEGER NOT NULL,
              device TEXT NOT NULL,
              group_index INTEGER NOT NULL,
              previous INTEGER REFERENCES digests (id),
              is_held INTEGER NOT NULL,
              is_told INTEGER NOT NULL,
              document BLOB,
              PRIMARY KEY (rollout, position)
            ) WITHOUT ROWID;
            INSERT INTO devices
              SELECT rollout, position, device, json_extract(CAST(document AS TEXT), '$.group'),
                (SELECT id FROM digests WHERE digest = json_extract(CAST(document AS TEXT), '$.previousDigest')),
                is_held, coalesce(json_extract(CAST(document AS TEXT), '$.told'), 0), document
              FROM rollout_devices;
            DROP TABLE rollout_devices;
            ALTER TABLE devices RENAME TO rollout_devices;
            CREATE UNIQUE INDEX rollout_devices_held ON rollout_devices (device) WHERE is_held = 1;
            """),
        new(3, "ALTER TABLE rollouts ADD COLUMN priority INTEGER NOT NULL DEFAULT 50;"),
    ];

    /// <summary>Rows of a hundred thousand devices are changed in one transaction without pages leaving the cache in between.</summary>
    private static DatabaseSettings Settings { get; } = new() { CacheKiB = 16 * 1024 };

    public Database Database { get; } = Database.Open(paths.Database("rollouts"), Migrations, Settings, logger);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
