using System.Globalization;

namespace Cloud.Hub.Learning.Corpora;

/// <summary>Columns of numbers of a file with a header line and one separator.</summary>
internal sealed class NumberTable
{
    private readonly string _file;
    private readonly Dictionary<string, int> _columns;
    private readonly List<string[]> _rows;

    private NumberTable(string file, Dictionary<string, int> columns, List<string[]> rows)
    {
        _file = file;
        _columns = columns;
        _rows = rows;
    }

    public int Rows => _rows.Count;

    /// <summary>In the order of the header.</summary>
    public IReadOnlyList<string> Columns => [.. _columns.OrderBy(pair => pair.Value).Select(pair => pair.Key)];

    /// <exception cref="CorpusException">No such file, no header, a column twice, or a row with another number of fields.</exception>
    public static NumberTable Read(string file, char separator = ',')
    {
        if (!File.Exists(file)) throw new CorpusException($"{file}: no such file");
        using var lines = File.ReadLines(file).GetEnumerator();
        if (!lines.MoveNext()) throw new CorpusException($"{file}: empty, a header is needed");
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var name in lines.Current.TrimStart('\uFEFF').Split(separator))
        {
            if (!columns.TryAdd(name.Trim(), columns.Count)) throw new CorpusException($"{file}, row 1: column '{name.Trim()}' stands twice");
        }

        var rows = new List<string[]>();
        while (lines.MoveNext())
        {
            if (lines.Current.Length == 0) continue;
            var fields = lines.Current.Split(separator);
            if (fields.Length != columns.Count)
                throw new CorpusException($"{file}, row {rows.Count + 2}: {fields.Length} fields, the header has {columns.Count}");
            rows.Add(fields);
        }

        return new NumberTable(file, columns, rows);
    }

    /// <summary>One column as finite numbers.</summary>
    /// <exception cref="CorpusException">No such column, text, NaN or infinity; the message names file, row and field.</exception>
    public float[] Numbers(string column)
    {
        var index = Index(column);
        var values = new float[_rows.Count];
        for (var row = 0; row < values.Length; row++)
        {
            var text = _rows[row][index];
            if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out values[row]) || !float.IsFinite(values[row]))
                throw new CorpusException($"{_file}, row {row + 2}, {column}: '{text}' is not a finite number");
        }

        return values;
    }

    /// <summary>One column as it stands.</summary>
    /// <exception cref="CorpusException">No such column.</exception>
    public string[] Texts(string column)
    {
        var index = Index(column);
        return [.. _rows.Select(row => row[index].Trim())];
    }

    /// <summary>One column as whole numbers from <paramref name="least"/> to <paramref name="most"/>.</summary>
    /// <exception cref="CorpusException">No such column, or a value outside.</exception>
    public int[] Labels(string column, int least, int most)
    {
        var numbers = Numbers(column);
        var labels = new int[numbers.Length];
        for (var row = 0; row < labels.Length; row++)
        {
            if (numbers[row] != MathF.Floor(numbers[row]) || numbers[row] < least || numbers[row] > most)
                throw new CorpusException($"{_file}, row {row + 2}, {column}: '{_rows[row][Index(column)]}' is not one of {least} to {most}");
            labels[row] = (int)numbers[row];
        }

        return labels;
    }

    private int Index(string column) => _columns.TryGetValue(column, out var index)
        ? index
        : throw new CorpusException($"{_file}, row 1: column '{column}' is missing; there are {string.Join(", ", Columns)}");
}
