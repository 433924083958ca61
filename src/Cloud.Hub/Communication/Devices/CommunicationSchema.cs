using Hmas.Storage;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Tables of communication.db. Landed steps are never edited.</summary>
internal static class CommunicationSchema
{
    public static IReadOnlyList<Migration> Migrations { get; } =
    [
        new(1, """
            CREATE TABLE devices (
                device_id    TEXT PRIMARY KEY,
                site_id      TEXT NOT NULL,
                secret_hash  BLOB NOT NULL,
                desired      TEXT,
                reported     TEXT,
                presence     TEXT,
                last_seen_us INTEGER
            ) STRICT;
            """),
        // Twins moved into grains. A device says again what it is when it connects, and a desired version
        // counts on from the one that it follows (TwinRules.Next).
        new(2, """
            ALTER TABLE devices DROP COLUMN desired;
            ALTER TABLE devices DROP COLUMN reported;
            ALTER TABLE devices DROP COLUMN presence;
            ALTER TABLE devices DROP COLUMN last_seen_us;
            """),
    ];
}
