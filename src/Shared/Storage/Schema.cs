using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Hmas.Storage;

/// <summary>Brings a file's schema up to the program's, step by step, by <c>user_version</c>.</summary>
internal static class Schema
{
    /// <exception cref="ArgumentException">The steps are not 1, 2, 3 …</exception>
    public static void RequireOrdered(IReadOnlyList<Migration> migrations)
    {
        for (var i = 0; i < migrations.Count; i++)
        {
            if (migrations[i].Version != i + 1)
                throw new ArgumentException(
                    $"migration {i + 1} of {migrations.Count} has version {migrations[i].Version}; versions go 1, 2, 3 …", nameof(migrations));
        }
    }

    public static long VersionOf(SqliteConnection connection) => Connections.Number(connection, "PRAGMA user_version");

    /// <summary>Runs the steps above the file's version and up to <paramref name="target"/>, each in its own transaction.</summary>
    /// <exception cref="StorageException"><see cref="StorageReason.NewerSchema"/>: the file knows more steps than the program.</exception>
    public static void Migrate(SqliteConnection connection, string path, IReadOnlyList<Migration> migrations, long target)
    {
        var version = VersionOf(connection);
        if (version > migrations.Count)
        {
            throw new StorageException(
                StorageReason.NewerSchema,
                $"{path} has schema version {version}, this program knows up to {migrations.Count}: start the newer program, or restore a backup made by this one");
        }

        for (; version < target; version++) Apply(connection, migrations[(int)version]);
    }

    private static void Apply(SqliteConnection connection, Migration migration)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = string.Create(
            CultureInfo.InvariantCulture, $"{migration.Sql.TrimEnd().TrimEnd(';')}; PRAGMA user_version={migration.Version}");
        command.ExecuteNonQuery();
        transaction.Commit();
    }
}
