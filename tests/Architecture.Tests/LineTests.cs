using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What a reader's window must hold.</summary>
public sealed partial class LineTests
{
    private const int MaxColumns = 150;

    /// <summary>Text in quotes may be longer: a message that is broken in two is found by nobody who searches for it.</summary>
    [Fact]
    public void A_line_is_at_most_150_columns_beside_what_it_quotes()
    {
        var tooLong = SourceTree.Files("src").Concat(SourceTree.Files("tests")).SelectMany(file => LongLines(file.Path, RawText().Replace(file.Text, "")));
        Assert.Empty(tooLong);
    }

    private static IEnumerable<string> LongLines(string path, string text) =>
        text.Split('\n').Where(line => Quoted().Replace(line, "").Length > MaxColumns).Select(line => $"{path}: {line.Trim()}");

    [GeneratedRegex("\"\"\".*?\"\"\"", RegexOptions.Singleline)]
    private static partial Regex RawText();

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"")]
    private static partial Regex Quoted();
}
