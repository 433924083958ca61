namespace Operator.Cli.Terminal;

/// <summary>Tables and sentences that fit a terminal, and stay whole, a row a line, in a file or pipe.</summary>
internal static class Tables
{
    /// <summary>Below this a terminal that gives its width is not believed.</summary>
    private const int LeastWidth = 40;

    /// <summary>Of the terminal; null where no terminal is.</summary>
    private static int? Width => Console.IsOutputRedirected ? null : Math.Max(LeastWidth, Console.WindowWidth);

    public static void Print(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (var line in TableLayout.Lines(columns, [.. rows], Width)) Console.WriteLine(line);
    }

    /// <param name="none">Said in place of headings over nothing.</param>
    public static void Print(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows, string none)
    {
        IReadOnlyList<IReadOnlyList<string>> all = [.. rows];
        if (all.Count == 0) Say(none);
        else Print(columns, all);
    }

    /// <summary>A sentence; what does not fit stands below, further in.</summary>
    public static void Say(string sentence)
    {
        var indent = sentence.Length - sentence.TrimStart().Length;
        foreach (var line in TextWrap.Lines(sentence.TrimStart(), Width, indent, indent + 4)) Console.WriteLine(line);
    }
}
