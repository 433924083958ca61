using Hmas.Storage;

namespace Cloud.Hub.Feedback.Storage;

/// <summary>Tables of feedback.db (docs/formats/archive.md). Landed steps are never edited.</summary>
internal static class FeedbackSchema
{
    public static readonly IReadOnlyList<Migration> Migrations =
    [
        new(1, """
            CREATE TABLE label(
              id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, run TEXT, from_us INTEGER NOT NULL, to_us INTEGER NOT NULL, label TEXT NOT NULL, source TEXT NOT NULL);
            CREATE INDEX label_by_time ON label(device, to_us);
            CREATE TABLE alarm(
              id INTEGER PRIMARY KEY AUTOINCREMENT, alarm_id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, device TEXT NOT NULL, run TEXT NOT NULL,
              raised_us INTEGER NOT NULL, ended_us INTEGER, event TEXT NOT NULL, label TEXT, labelled_to_us INTEGER, acknowledged_by TEXT);
            CREATE TABLE stretch(
              id INTEGER PRIMARY KEY, device TEXT NOT NULL, run TEXT NOT NULL, start_us INTEGER NOT NULL, end_us INTEGER NOT NULL, digest TEXT NOT NULL,
              alarmed INTEGER NOT NULL, quiet INTEGER NOT NULL, truth INTEGER NOT NULL);
            CREATE INDEX stretch_by_time ON stretch(device, end_us);
            CREATE TABLE quality(
              digest TEXT NOT NULL, device TEXT NOT NULL, tp INTEGER NOT NULL, fp INTEGER NOT NULL, tn INTEGER NOT NULL, fn INTEGER NOT NULL,
              PRIMARY KEY(digest, device)) WITHOUT ROWID;
            CREATE TABLE place(reader TEXT PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
            """),
        // An alarm's id is unique on its device only.
        new(2, "UPDATE alarm SET alarm_id = device || ':' || alarm_id;"),
        // LabelKind: what was stored before told outcomes, as far as anybody knows.
        new(3, "ALTER TABLE label ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;"),
    ];
}
