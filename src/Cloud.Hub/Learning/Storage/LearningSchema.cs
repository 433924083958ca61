using Hmas.Storage;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Tables of learning.db (docs/formats/training-checkpoint.md). Landed steps are never edited.</summary>
internal static class LearningSchema
{
    public static readonly IReadOnlyList<Migration> Migrations =
    [
        new(1, """
            CREATE TABLE run(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, body TEXT NOT NULL);
            CREATE TABLE checkpoint(run TEXT PRIMARY KEY, data_digest TEXT NOT NULL, body BLOB NOT NULL);
            """),
        new(2, "CREATE TABLE split(run TEXT PRIMARY KEY, part INTEGER NOT NULL) WITHOUT ROWID;"),
        new(3, """
            CREATE TABLE fit(
              id INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE, fit TEXT NOT NULL, priority INTEGER NOT NULL, memory_mib INTEGER NOT NULL, losses INTEGER NOT NULL DEFAULT 0,
              lease TEXT, worker TEXT, until_us INTEGER NOT NULL DEFAULT 0, result BLOB, data BLOB NOT NULL);
            CREATE TABLE weights(model TEXT PRIMARY KEY, architecture TEXT NOT NULL, body BLOB NOT NULL);
            """),
        new(4, """
            CREATE TABLE dataset(
              training_run TEXT NOT NULL, part TEXT NOT NULL, digest TEXT NOT NULL, labels INTEGER NOT NULL, device TEXT NOT NULL, machine_run TEXT NOT NULL,
              first_id INTEGER NOT NULL, last_id INTEGER NOT NULL, ids BLOB NOT NULL);
            CREATE INDEX dataset_run ON dataset(training_run);
            CREATE INDEX dataset_ids ON dataset(first_id, last_id);
            """),
        new(5, """
            CREATE TABLE question(experience INTEGER PRIMARY KEY, state TEXT NOT NULL, uncertainty REAL NOT NULL, body TEXT NOT NULL);
            CREATE INDEX question_by_state ON question(state, uncertainty);
            """),
    ];
}
