using Hmas.Storage;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Tables of <c>desired.db</c> (docs/formats/desired-states.md). Landed steps are never edited.</summary>
internal static class DesiredSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, """
            CREATE TABLE contents (
                id       INTEGER PRIMARY KEY,
                document BLOB NOT NULL UNIQUE
            ) STRICT;
            CREATE TABLE desired (
                device  TEXT PRIMARY KEY,
                version INTEGER NOT NULL,
                content INTEGER NOT NULL REFERENCES contents (id)
            ) STRICT, WITHOUT ROWID;
            """),
    ];
}
