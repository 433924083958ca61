namespace Edge.Agent.Yaml;

/// <summary>A place in a text: what stands there, and how to go on.</summary>
internal sealed class YamlCursor(string text)
{
    /// <summary>Stands for the end of the text.</summary>
    public const char End = '\0';

    private const int MaxDepth = 64;
    private int _at;
    private int _depth;
    private int _lineStart;

    /// <summary>From 1.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>Characters before this one in its line: a node's indentation.</summary>
    public int Indent => _at - _lineStart;

    public bool IsEnd => _at >= text.Length;

    public char Current => Peek(0);

    public bool IsLineEnd => IsEnd || Current is '\n' or '\r';

    /// <summary>Blanks only stand between the line's beginning and here.</summary>
    public bool IsFirstInLine => text.AsSpan(_lineStart, _at - _lineStart).IndexOfAnyExcept(' ') < 0;

    /// <summary>Nothing but a blank or a line's beginning stands before: a # here begins a comment.</summary>
    public bool IsApart => Indent == 0 || text[_at - 1] is ' ' or '\t';

    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : End;

    /// <summary>A blank, a line's end or the text's end stands so far ahead.</summary>
    public bool IsBlankAt(int ahead) => _at + ahead >= text.Length || text[_at + ahead] is ' ' or '\t' or '\n' or '\r';

    public bool StartsWith(string word) => text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal);

    public char Take()
    {
        var taken = Current;
        if (taken == End && !IsEnd) throw Error("a zero character");
        _at++;
        if (taken == '\r' && Current == '\n') _at++;
        if (taken is not ('\n' or '\r')) return taken;
        Line++;
        _lineStart = _at;
        return '\n';
    }

    public void Skip(int characters)
    {
        for (var i = 0; i < characters; i++) Take();
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t') Take();
    }

    /// <summary>Past blanks and a comment, up to the line's end.</summary>
    /// <exception cref="YamlFormatException">Something else stands there.</exception>
    public void FinishLine()
    {
        SkipBlanks();
        if (Current == '#' && IsApart)
        {
            while (!IsLineEnd) Take();
        }

        if (!IsLineEnd) throw Error($"'{Current}' is not expected here");
    }

    /// <summary>Past blanks, comments and line ends to what comes next.</summary>
    public void SkipToContent()
    {
        while (true)
        {
            while (Current == ' ' || (Current == '\t' && !IsFirstInLine)) Take();
            if (Current == '\t')
            {
                SkipBlanks();
                if (!IsLineEnd && Current != '#') throw Error("a tab cannot indent");
            }

            if (Current == '#' && IsApart)
            {
                while (!IsLineEnd) Take();
            }

            if (IsEnd || !IsLineEnd) return;
            Take();
        }
    }

    /// <summary>Past line ends and what indents the next line; says how many they were.</summary>
    public int SkipEmptyLines()
    {
        var breaks = 0;
        while (IsLineEnd && !IsEnd)
        {
            Take();
            breaks++;
            while (Current == ' ') Take();
            if (Current != '\t') continue;
            SkipBlanks();
            if (!IsLineEnd) throw Error("a tab cannot indent");
        }

        return breaks;
    }

    public int Mark() => _at;

    /// <summary>What stands between a mark and here.</summary>
    public string Since(int mark) => text[mark.._at];

    /// <summary>What the rest of this line holds.</summary>
    public ReadOnlySpan<char> RestOfLine()
    {
        var rest = text.AsSpan(Math.Min(_at, text.Length));
        var end = rest.IndexOfAny('\n', '\r');
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>One level deeper, until <see cref="Leave"/>.</summary>
    /// <exception cref="YamlFormatException">More than 64 levels.</exception>
    public void Enter()
    {
        if (++_depth > MaxDepth) throw Error($"is nested deeper than {MaxDepth} levels");
    }

    public void Leave() => _depth--;

    public YamlFormatException Error(string reason) => new(Line, Indent + 1, reason);
}
