using Hmas.Storage;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>Sets a flag of many devices: those that stand one after the other take one statement.</summary>
/// <param name="column">Of <c>rollout_devices</c>.</param>
internal sealed class FlagRuns(SqliteConnection connection, long rollout, string column) : IDisposable
{
    private readonly BoundStatement _update = new(
        connection, $"UPDATE rollout_devices SET {column} = ?4 WHERE rollout = ?1 AND position BETWEEN ?2 AND ?3");
    private int _from;
    private int _to = -1;
    private bool _value;

    /// <summary>Positions come in ascending order.</summary>
    public void Set(int position, bool value)
    {
        if (position != _to + 1 || value != _value)
        {
            Write();
            (_from, _value) = (position, value);
        }

        _to = position;
    }

    /// <summary>Writes the run that is still open.</summary>
    public void Write()
    {
        if (_to >= _from) _update.Bind(1, rollout).Bind(2, _from).Bind(3, _to).Bind(4, _value ? 1 : 0).Execute();
        _from = _to + 1;
    }

    public void Dispose() => _update.Dispose();
}
