using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Hmas.Storage;

/// <summary>The writer's connection with its prepared transaction statements.</summary>
internal sealed class WriterConnection : IDisposable
{
    private readonly SqliteCommand _begin;
    private readonly SqliteCommand _save;
    private readonly SqliteCommand _release;
    private readonly SqliteCommand _rollbackToSave;
    private readonly SqliteCommand _commit;
    private readonly SqliteCommand _rollback;

    public WriterConnection(SqliteConnection connection)
    {
        Connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _save = Prepare("SAVEPOINT work");
        _release = Prepare("RELEASE work");
        _rollbackToSave = Prepare("ROLLBACK TO work");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
    }

    public SqliteConnection Connection { get; }

    public bool InTransaction => raw.sqlite3_get_autocommit(Connection.Handle) == 0;

    public void Begin() => _begin.ExecuteNonQuery();

    public void Save() => _save.ExecuteNonQuery();

    public void Release() => _release.ExecuteNonQuery();

    public void RollbackToSave()
    {
        _rollbackToSave.ExecuteNonQuery();
        _release.ExecuteNonQuery();
    }

    public void Commit() => _commit.ExecuteNonQuery();

    public void Rollback() => _rollback.ExecuteNonQuery();

    public void Dispose()
    {
        foreach (var command in (ReadOnlySpan<SqliteCommand>)[_begin, _save, _release, _rollbackToSave, _commit, _rollback]) command.Dispose();
        Connection.Dispose();
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
