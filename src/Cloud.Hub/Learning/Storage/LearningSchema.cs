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
    ];
}
