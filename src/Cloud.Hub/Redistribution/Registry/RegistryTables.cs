using Cloud.Hub.Host;
using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary><c>redistribution.db</c> (docs/formats/model-registry.md), which registry and director share. A landed step is never edited.</summary>
internal sealed class RegistryTables(HubPaths paths, ILogger<RegistryTables> logger) : IAsyncDisposable
{
    private static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, """
            CREATE TABLE models (
              digest TEXT PRIMARY KEY,
              name TEXT NOT NULL,
              release INTEGER NOT NULL,
              manifest BLOB NOT NULL,
              package_bytes INTEGER NOT NULL,
              added_at_us INTEGER NOT NULL,
              added_by TEXT NOT NULL,
              quarantine_reason TEXT,
              UNIQUE (name, release)
            ) WITHOUT ROWID;
            CREATE TABLE releases (name TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
            """),
        new(2, """
            CREATE TABLE director (
              device TEXT NOT NULL,
              version INTEGER NOT NULL,
              issued_at_us INTEGER NOT NULL,
              hardware TEXT NOT NULL,
              path TEXT,
              length INTEGER,
              hashes TEXT,
              PRIMARY KEY (device, version)
            ) WITHOUT ROWID;
            """),
        new(3, """
            CREATE TABLE artefacts (
              digest TEXT PRIMARY KEY,
              kind TEXT NOT NULL,
              name TEXT NOT NULL,
              release INTEGER NOT NULL,
              bytes INTEGER NOT NULL,
              hardware TEXT NOT NULL,
              manifest BLOB,
              added_at_us INTEGER NOT NULL,
              added_by TEXT NOT NULL,
              quarantine_reason TEXT,
              UNIQUE (kind, name, release)
            ) WITHOUT ROWID;
            INSERT INTO artefacts SELECT digest, 'model', name, release, package_bytes, '["*"]', manifest, added_at_us, added_by, quarantine_reason FROM models;
            DROP TABLE models;
            """),
        new(4, """
            ALTER TABLE artefacts ADD COLUMN licence TEXT;
            ALTER TABLE artefacts ADD COLUMN facts TEXT;
            ALTER TABLE artefacts ADD COLUMN condemned_at_us INTEGER;
            CREATE TABLE approvals (digest TEXT NOT NULL, who TEXT NOT NULL, at_us INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (digest, who)) WITHOUT ROWID;
            """),
        // Many devices get the same image, and one statement says so of a device.
        new(5, """
            CREATE TABLE director_images (
              id INTEGER PRIMARY KEY,
              path TEXT NOT NULL,
              length INTEGER NOT NULL,
              hashes TEXT NOT NULL,
              UNIQUE (path, length, hashes)
            );
            INSERT INTO director_images (path, length, hashes) SELECT DISTINCT path, length, hashes FROM director WHERE path IS NOT NULL;
            CREATE TABLE statements (
              device TEXT PRIMARY KEY,
              version INTEGER NOT NULL,
              issued_at_us INTEGER NOT NULL,
              hardware TEXT NOT NULL,
              image INTEGER REFERENCES director_images (id),
              earlier_issued_at_us INTEGER,
              earlier_hardware TEXT,
              earlier_image INTEGER REFERENCES director_images (id)
            ) WITHOUT ROWID;
            INSERT INTO statements
              SELECT now.device, now.version, now.issued_at_us, now.hardware,
                (SELECT id FROM director_images AS i WHERE i.path = now.path AND i.length = now.length AND i.hashes = now.hashes),
                earlier.issued_at_us, earlier.hardware,
                (SELECT id FROM director_images AS i WHERE i.path = earlier.path AND i.length = earlier.length AND i.hashes = earlier.hashes)
              FROM director AS now LEFT JOIN director AS earlier ON earlier.device = now.device AND earlier.version = now.version - 1
              WHERE now.version = (SELECT max(version) FROM director AS newest WHERE newest.device = now.device);
            DROP TABLE director;
            ALTER TABLE statements RENAME TO director;
            """),
    ];

    /// <summary>The statements of a hundred thousand devices are written in a few transactions without pages leaving the cache in between.</summary>
    private static DatabaseSettings Settings { get; } = new() { CacheKiB = 16 * 1024 };

    public Database Database { get; } = Database.Open(paths.Database("redistribution"), Migrations, Settings, logger);

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
