using System.Globalization;
using System.Text;

namespace Edge.Agent.Yaml;

/// <summary>Reads the text of scalars in each of YAML's styles (YAML 1.2.2, chapters 7.3 and 8.1).</summary>
internal static class YamlText
{
    /// <summary>Quoted with ' or ", over one line or several.</summary>
    public static string Quoted(YamlCursor cursor)
    {
        var line = cursor.Line;
        var column = cursor.Indent + 1;
        var quote = cursor.Take();
        var text = new StringBuilder();
        while (true)
        {
            if (cursor.IsEnd) throw new YamlFormatException(line, column, $"the quote {quote} is not closed");
            if (cursor.IsLineEnd)
            {
                FoldQuoted(cursor, text);
                continue;
            }

            var next = cursor.Take();
            if (next == '\\' && quote == '"') Escape(cursor, text);
            else if (next != quote) text.Append(next);
            else if (quote == '\'' && cursor.Current == '\'') text.Append(cursor.Take());
            else return text.ToString();
        }
    }

    /// <summary>Plain text up to what ends it in its line: <c>: </c>, a comment, and between brackets also their signs.</summary>
    public static string PlainLine(YamlCursor cursor, bool inFlow)
    {
        var mark = cursor.Mark();
        while (!cursor.IsLineEnd)
        {
            var current = cursor.Current;
            if (current == ':' && (cursor.IsBlankAt(1) || (inFlow && cursor.Peek(1) is ',' or '[' or ']' or '{' or '}'))) break;
            if (inFlow && current is (',' or '[' or ']' or '{' or '}')) break;
            if (current == '#' && cursor.IsApart) break;
            cursor.Take();
        }

        return cursor.Since(mark).TrimEnd(' ', '\t');
    }

    /// <summary>A literal (<c>|</c>) or folded (<c>&gt;</c>) block.</summary>
    /// <param name="parent">Indentation of what holds it; the block stands deeper.</param>
    public static string Block(YamlCursor cursor, int parent)
    {
        var isFolded = cursor.Take() == '>';
        var (chomp, indent) = Header(cursor, parent);
        var lines = new List<string>();
        var endsInLine = false;
        while (!cursor.IsEnd)
        {
            var rest = cursor.RestOfLine();
            var depth = rest.IndexOfAnyExcept(' ');
            var isEmpty = depth < 0;
            if (indent < 0 && !isEmpty) indent = depth;
            if (!isEmpty && (depth < indent || depth <= parent)) break;
            if (isEmpty && indent < 0) lines.Add("");
            else lines.Add(rest.Length <= indent ? "" : rest[indent..].ToString());
            cursor.Skip(rest.Length);
            endsInLine = cursor.IsEnd;
            if (!endsInLine) cursor.Take();
        }

        var used = lines.Count;
        while (used > 0 && lines[used - 1].Length == 0) used--;
        var text = new StringBuilder();
        if (isFolded) Fold(lines, used, text);
        else text.AppendJoin('\n', lines.Take(used));
        // A line end is kept where there is one: the text may end without.
        if (chomp != '-' && used > 0 && !(endsInLine && used == lines.Count)) text.Append('\n');
        if (chomp == '+') text.Append('\n', lines.Count - used);
        return text.ToString();
    }

    /// <summary>What plain text cannot begin with.</summary>
    /// <exception cref="YamlFormatException">It does; says why that is not taken.</exception>
    public static void RefuseSigns(YamlCursor cursor)
    {
        var current = cursor.Current;
        switch (current)
        {
            case '&' or '*':
                throw cursor.Error("anchors and aliases are not allowed");
            case '!':
                throw cursor.Error("tags are not allowed");
            case ',' or ']' or '}' or ':' or '#' or '%' or '@' or '`':
                throw cursor.Error($"a plain text cannot begin with '{current}'; put it in quotes");
            case '?' or '-' when cursor.IsBlankAt(1):
                throw cursor.Error($"'{current} ' is not allowed here");
        }
    }

    /// <summary>One line end is a blank; of more, the first is dropped.</summary>
    public static void AppendBreaks(StringBuilder text, int breaks)
    {
        if (breaks == 1) text.Append(' ');
        else text.Append('\n', breaks - 1);
    }

    private static (char Chomp, int Indent) Header(YamlCursor cursor, int parent)
    {
        var chomp = ' ';
        var indent = -1;
        while (!cursor.IsBlankAt(0))
        {
            var sign = cursor.Take();
            if (sign is '+' or '-' && chomp == ' ') chomp = sign;
            else if (sign is >= '1' and <= '9' && indent < 0) indent = Math.Max(parent, 0) + sign - '0';
            else throw cursor.Error($"'{sign}' is no sign of a block");
        }

        cursor.FinishLine();
        if (!cursor.IsEnd) cursor.Take();
        return (chomp, indent);
    }

    // A single line end becomes a blank, unless a deeper line stands beside it; empty lines stay.
    private static void Fold(List<string> lines, int used, StringBuilder text)
    {
        var wasText = false;
        var wasDeeper = false;
        var empty = 0;
        for (var i = 0; i < used; i++)
        {
            var line = lines[i];
            if (line.Length == 0)
            {
                empty++;
                continue;
            }

            var isDeeper = line[0] is ' ' or '\t';
            if (!wasText) text.Append('\n', empty);
            else if (isDeeper || wasDeeper) text.Append('\n', empty + 1);
            else if (empty > 0) text.Append('\n', empty);
            else text.Append(' ');
            text.Append(line);
            (wasText, wasDeeper, empty) = (true, isDeeper, 0);
        }
    }

    private static void FoldQuoted(YamlCursor cursor, StringBuilder text)
    {
        while (text.Length > 0 && text[^1] is ' ' or '\t') text.Length--;
        var breaks = 0;
        while (cursor.IsLineEnd && !cursor.IsEnd)
        {
            cursor.Take();
            cursor.SkipBlanks();
            breaks++;
        }

        AppendBreaks(text, breaks);
    }

    private static void Escape(YamlCursor cursor, StringBuilder text)
    {
        if (cursor.IsLineEnd)
        {
            cursor.Take();
            cursor.SkipBlanks();
            return;
        }

        var sign = cursor.Take();
        switch (sign)
        {
            case 'x' or 'u' or 'U':
                text.Append(Rune(cursor, sign switch { 'x' => 2, 'u' => 4, _ => 8 }));
                return;
            default:
                text.Append(sign switch
                {
                    '0' => '\0', 'a' => '\a', 'b' => '\b', 't' or '\t' => '\t', 'n' => '\n', 'v' => '\v', 'f' => '\f', 'r' => '\r', 'e' => '\e',
                    ' ' => ' ', '"' => '"', '/' => '/', '\\' => '\\', 'N' => '\u0085', '_' => '\u00A0', 'L' => '\u2028', 'P' => '\u2029',
                    _ => throw cursor.Error($"'\\{sign}' is no escape"),
                });
                return;
        }
    }

    private static string Rune(YamlCursor cursor, int digits)
    {
        var code = 0u;
        for (var i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(cursor.Current)) throw cursor.Error($"'{cursor.Current}' is no hexadecimal digit");
            code = (code << 4) | uint.Parse([cursor.Take()], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        // Half of a pair stands alone in JSON-like texts; two halves make one character again.
        if (code <= char.MaxValue) return ((char)code).ToString();
        return System.Text.Rune.IsValid(code) ? new Rune(code).ToString() : throw cursor.Error($"U+{code:X} is no character");
    }
}
