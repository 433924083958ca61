using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Hmas.Storage;

/// <summary>Copies what reads of one table, around the pages that do not.</summary>
/// <remarks>
/// Rows are read in rowid order until SQLite reports corruption after row F. Probes at F+1, F+2, F+4 …
/// find a row R that reads again; a backward scan from R then takes
/// everything down to the broken page. Only rows on broken pages are lost.
/// </remarks>
internal sealed class TableSalvage : IDisposable
{
    private readonly SqliteConnection _source;
    private readonly string _table;
    private readonly string _columns;
    private readonly SqliteCommand _insert;
    private readonly SqliteParameter[] _values;

    public TableSalvage(SqliteConnection source, SqliteConnection target, string table, IReadOnlyList<string> columns)
    {
        _source = source;
        _table = Quote(table);
        _columns = string.Join(',', columns.Select(Quote));
        _insert = target.CreateCommand();
        _insert.CommandText = $"INSERT OR REPLACE INTO {_table}({_columns}) VALUES({string.Join(',', columns.Select((_, i) => $"$v{i}"))})";
        _values = [.. columns.Select((_, i) => _insert.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"$v{i}"), DBNull.Value))];
    }

    public long Rows { get; private set; }

    public long Lost { get; private set; }

    public int Stretches { get; private set; }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>For a table with rowids.</summary>
    public void CopyByRowId()
    {
        var last = long.MinValue;
        while (!TryScan(ref last, forward: true, bound: long.MaxValue))
        {
            Stretches++;
            if (!TryFindAfter(last, out var resumed))
            {
                CopyTail(last);
                return;
            }

            var lowest = resumed + 1;
            TryScan(ref lowest, forward: false, bound: last);
            Lost += Math.Max(1, lowest - Math.Max(last, 0) - 1);
            last = resumed;
        }
    }

    /// <summary>For a WITHOUT ROWID table: from both ends of the key to the first page that does not read.</summary>
    public void CopyFromBothEnds(string key)
    {
        if (TryCopy($"SELECT 0,{_columns} FROM {_table} ORDER BY {key}", out _)) return;
        Stretches++;
        Lost++;
        TryCopy($"SELECT 0,{_columns} FROM {_table} ORDER BY {string.Join(',', key.Split(',').Select(part => part + " DESC"))}", out _);
    }

    public void Dispose() => _insert.Dispose();

    /// <summary>Nothing above <paramref name="last"/> could be found by probing: what reads from the other end is taken.</summary>
    private void CopyTail(long last)
    {
        var lowest = long.MaxValue;
        TryScan(ref lowest, forward: false, bound: last);
        Lost += lowest == long.MaxValue || last == long.MinValue ? 1 : Math.Max(1, lowest - last - 1);
    }

    /// <summary>Copies from <paramref name="at"/> (exclusive) towards <paramref name="bound"/> (exclusive); false when a page on
    /// the way does not read, with the last good row in <paramref name="at"/>.</summary>
    private bool TryScan(ref long at, bool forward, long bound)
    {
        var range = forward
            ? string.Create(CultureInfo.InvariantCulture, $"rowid>{at} ORDER BY rowid")
            : string.Create(CultureInfo.InvariantCulture, $"rowid<{at} AND rowid>{bound} ORDER BY rowid DESC");
        // No row lies below long.MinValue and above long.MaxValue in our schemas, so the exclusive ends lose nothing.
        var ended = TryCopy($"SELECT rowid,{_columns} FROM {_table} WHERE {range}", out var lastRow);
        if (lastRow is { } row) at = row;
        return ended;
    }

    private bool TryCopy(string sql, out long? lastRow)
    {
        lastRow = null;
        try
        {
            using var command = _source.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                for (var i = 0; i < _values.Length; i++) _values[i].Value = reader.GetValue(i + 1);
                var row = reader.GetInt64(0);
                Insert();
                lastRow = row;
            }

            return true;
        }
        catch (SqliteException error) when (StorageException.ReasonOf(error.SqliteErrorCode) == StorageReason.Corrupt)
        {
            return false;
        }
    }

    private void Insert()
    {
        try
        {
            _insert.ExecuteNonQuery();
            Rows++;
        }
        catch (SqliteException error) when (StorageException.ReasonOf(error.SqliteErrorCode) == StorageReason.Constraint)
        {
            // A cell that rotted into something the schema refuses: lost, and counted as such.
            Lost++;
        }
    }

    private bool TryFindAfter(long last, out long row)
    {
        row = 0;
        if (last == long.MinValue) last = 0;
        for (var step = 1L; step > 0 && last <= long.MaxValue - step; step *= 2)
        {
            try
            {
                using var command = _source.CreateCommand();
                command.CommandText = string.Create(
                    CultureInfo.InvariantCulture, $"SELECT rowid,{_columns} FROM {_table} WHERE rowid>={last + step} ORDER BY rowid LIMIT 1");
                using var reader = command.ExecuteReader();
                if (!reader.Read()) return false;
                row = reader.GetInt64(0);
                return true;
            }
            catch (SqliteException error) when (StorageException.ReasonOf(error.SqliteErrorCode) == StorageReason.Corrupt)
            {
                // Still on the broken page: probe farther.
            }
        }

        return false;
    }
}
