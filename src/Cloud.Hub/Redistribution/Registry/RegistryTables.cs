using Hmas.Storage;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Schema of <c>redistribution.db</c> (docs/formats/model-registry.md). A landed step is never edited.</summary>
internal static class RegistryTables
{
    public static IReadOnlyList<Migration> Migrations { get; } =
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
    ];
}
