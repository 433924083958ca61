using System.Text;

namespace Operator.Cli.Terminal;

/// <summary>Breaks text between words. Pure.</summary>
internal static class TextWrap
{
    /// <param name="width">Columns of a line; null: one line. A longer word stays whole, so that a digest can be copied.</param>
    /// <param name="first">Blanks before the first line.</param>
    /// <param name="rest">Blanks before every other.</param>
    public static IEnumerable<string> Lines(string text, int? width, int first = 0, int rest = 0)
    {
        var line = new StringBuilder().Append(' ', first);
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && width is { } columns && line.Length + 1 + word.Length > columns)
            {
                yield return line.ToString();
                line.Clear().Append(' ', rest);
                isEmpty = true;
            }

            if (!isEmpty) line.Append(' ');
            line.Append(word);
            isEmpty = false;
        }

        yield return line.ToString();
    }
}
