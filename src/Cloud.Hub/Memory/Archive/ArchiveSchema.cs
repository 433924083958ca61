using Hmas.Storage;

namespace Cloud.Hub.Memory.Archive;

/// <summary>Tables of memory.db (docs/formats/archive.md). Landed steps are never edited.</summary>
internal static class ArchiveSchema
{
    public static readonly IReadOnlyList<Migration> Migrations =
    [
        new(1, """
            CREATE TABLE device(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, site TEXT NOT NULL);
            CREATE TABLE stream(
              id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL, epoch INTEGER NOT NULL, sequence INTEGER NOT NULL DEFAULT 0,
              facts INTEGER NOT NULL DEFAULT 0, experiences INTEGER NOT NULL DEFAULT 0, repeats INTEGER NOT NULL DEFAULT 0, gaps INTEGER NOT NULL DEFAULT 0,
              evicted INTEGER NOT NULL DEFAULT 0, malformed INTEGER NOT NULL DEFAULT 0,
              UNIQUE(device_id, epoch));
            CREATE TABLE experience(
              id INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL, device_id INTEGER NOT NULL, sequence INTEGER NOT NULL, run TEXT NOT NULL,
              start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, reasons INTEGER NOT NULL, value REAL NOT NULL, bytes INTEGER NOT NULL);
            CREATE INDEX experience_by_device ON experience(device_id);
            CREATE INDEX experience_by_run ON experience(run);
            CREATE TABLE payload(id INTEGER PRIMARY KEY, body BLOB NOT NULL);
            CREATE TABLE fact(
              id INTEGER PRIMARY KEY AUTOINCREMENT, stream_id INTEGER NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, time_us INTEGER NOT NULL, body BLOB NOT NULL);
            CREATE INDEX fact_by_kind ON fact(kind);
            CREATE TABLE quarantine(
              id INTEGER PRIMARY KEY, stream_id INTEGER NOT NULL, sequence INTEGER NOT NULL, kind INTEGER NOT NULL, found_us INTEGER NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL);
            """),
    ];
}
