using System.Text;

namespace Operator.Cli.Terminal;

/// <summary>
/// Rows under upper-case headings, two blanks between columns. In a width, long texts wrap within their
/// column; columns that find no room stand below their row, named.
/// Nothing is cut off. Pure.
/// </summary>
internal static class TableLayout
{
    /// <summary>A cell up to this is never wrapped.</summary>
    private const int TextWidth = 24;

    private const int Gap = 2;
    private const int Indent = 4;

    /// <param name="columns">Names; all empty: no line of headings.</param>
    /// <param name="rows">As many cells each as there are columns.</param>
    /// <param name="width">Columns of the terminal; null: a row is one line, however long.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, int? width)
    {
        var natural = columns.Select((name, i) => rows.Select(row => row[i].Length).Append(name.Length).Max()).ToArray();
        var shown = width is { } limit ? Fit(natural, Least(columns, rows, natural), limit) : natural;
        if (columns.Any(static name => name.Length > 0))
            yield return Join([.. columns.Take(shown.Length).Select(static name => name.ToUpperInvariant())], shown);
        foreach (var row in rows)
        {
            var cells = shown.Select((room, i) => TextWrap.Lines(row[i], room).ToArray()).ToArray();
            for (var line = 0; line < cells.Max(static cell => cell.Length); line++)
                yield return Join([.. cells.Select(cell => line < cell.Length ? cell[line] : "")], shown);
            var below = Enumerable.Range(shown.Length, columns.Count - shown.Length).Where(i => row[i] is not ("" or "-"))
                .Select(i => $"{columns[i]} {row[i]}".Trim());
            var text = string.Join(", ", below);
            if (text.Length == 0) continue;
            foreach (var line in TextWrap.Lines(text, width, Indent, Indent)) yield return line;
        }
    }

    /// <summary>The narrowest that each column may become: its longest word, and room to read.</summary>
    private static int[] Least(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<string>> rows, int[] natural) =>
        [.. natural.Select((length, i) => length <= TextWidth
            ? length
            : rows.SelectMany(row => row[i].Split(' ')).Append(columns[i]).Select(static word => word.Length).Append(TextWidth).Max())];

    /// <summary>Widths of as many columns as find room side by side; the widest gives way first.</summary>
    private static int[] Fit(int[] natural, int[] least, int width)
    {
        var count = least.Length;
        while (count > 1 && Total(least.Take(count)) > width) count--;
        var room = natural[..count];
        while (Total(room) > width)
        {
            var widest = -1;
            for (var i = 0; i < count; i++)
            {
                if (room[i] > least[i] && (widest < 0 || room[i] > room[widest])) widest = i;
            }

            if (widest < 0) break;
            room[widest]--;
        }

        return room;
    }

    private static int Total(IEnumerable<int> widths) => widths.Sum(static width => width + Gap) - Gap;

    private static string Join(IReadOnlyList<string> cells, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Count; i++) line.Append(cells[i].PadRight(widths[i] + Gap));
        return line.ToString().TrimEnd();
    }
}
