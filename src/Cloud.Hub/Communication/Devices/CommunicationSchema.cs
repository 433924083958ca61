using Hmas.Storage;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Tables of communication.db. Documents are JSON of the contracts.</summary>
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
    ];
}
