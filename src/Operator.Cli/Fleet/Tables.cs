using Spectre.Console;

namespace Operator.Cli.Fleet;

/// <summary>Tables that fit a terminal, and stay whole in a file or pipe.</summary>
internal static class Tables
{
    /// <summary>Columns where no terminal sets a width.</summary>
    private const int FileWidth = 160;

    public static void Print(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = FileWidth;
            AnsiConsole.Profile.Capabilities.Ansi = false;
        }

        var table = new Table().Border(Console.IsOutputRedirected ? TableBorder.Ascii2 : TableBorder.Rounded);
        foreach (var column in columns) table.AddColumn(new TableColumn(column));
        foreach (var row in rows) table.AddRow([.. row.Select(static cell => Markup.Escape(cell))]);
        AnsiConsole.Write(table);
    }
}
