using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Host.Grains;

/// <summary>Writes one grain's state, with statements that stay compiled: a rollout writes a hundred
/// thousand twins. Only on the store's writer thread.</summary>
internal sealed class GrainWrites : IDisposable
{
    private SqliteConnection? _connection;
    private BoundStatement? _insert;
    private BoundStatement? _update;

    /// <param name="etag">Of the new state; 1: it is the first.</param>
    /// <returns>False when the stored one is not the one before.</returns>
    public bool Run(SqliteConnection connection, string grain, string name, long etag, byte[] payload)
    {
        if (!ReferenceEquals(_connection, connection))
        {
            Dispose();
            _connection = connection;
            _insert = new BoundStatement(
                connection, "INSERT INTO grain_state (grain, name, etag, payload) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING RETURNING etag");
            _update = new BoundStatement(
                connection, "UPDATE grain_state SET etag = ?3, payload = ?4 WHERE grain = ?1 AND name = ?2 AND etag = ?3 - 1 RETURNING etag");
        }

        var statement = etag == 1 ? _insert! : _update!;
        var isWritten = statement.Bind(1, grain).Bind(2, name).Bind(3, etag).Bind(4, payload).Step();
        statement.Reset();
        return isWritten;
    }

    public void Dispose()
    {
        _insert?.Dispose();
        _update?.Dispose();
    }
}
