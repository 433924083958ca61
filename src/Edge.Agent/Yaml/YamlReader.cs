using System.Text;

namespace Edge.Agent.Yaml;

/// <summary>Reads one YAML document into a tree: mappings, sequences and scalars in every style, blocks and brackets.
/// What would make a small file a large or a strange tree is refused.</summary>
/// <remarks>
/// Refused: anchors and aliases, tags, directives, keys that are no scalars (<c>? </c>), a second
/// document, a key that stands twice, nesting beyond 64. A library
/// for all of YAML brings .NET's regular expressions with it, together half a megabyte of the program. Judge in tests: YamlDotNet.
/// </remarks>
internal sealed class YamlReader
{
    private readonly YamlCursor _cursor;

    private YamlReader(string text) => _cursor = new YamlCursor(text);

    /// <summary>Null: the document is empty.</summary>
    /// <exception cref="YamlFormatException">Not YAML, or refused; says where and why.</exception>
    public static YamlNode? Read(string text)
    {
        var reader = new YamlReader(text);
        return reader.ReadDocument();
    }

    private YamlNode? ReadDocument()
    {
        _cursor.SkipToContent();
        if (_cursor.Current == '%' && _cursor.Indent == 0) throw _cursor.Error("directives are not taken");
        if (IsMarker("---"))
        {
            _cursor.Skip(3);
            _cursor.FinishLine();
            _cursor.SkipToContent();
        }

        if (_cursor.IsEnd) return null;
        var root = IsMarker("...") ? null : Block(-1);
        _cursor.SkipToContent();
        if (IsMarker("..."))
        {
            _cursor.Skip(3);
            _cursor.FinishLine();
            _cursor.SkipToContent();
        }

        if (IsMarker("---")) throw _cursor.Error("holds more than one document");
        if (!_cursor.IsEnd) throw _cursor.Error("stands less deep than what it belongs to");
        return root;
    }

    private bool IsMarker(string marker) => _cursor.Indent == 0 && _cursor.StartsWith(marker) && _cursor.IsBlankAt(marker.Length);

    /// <summary>The node that begins here, deeper than its parent.</summary>
    private YamlNode Block(int parent)
    {
        var (line, column) = (_cursor.Line, _cursor.Indent + 1);
        _cursor.Enter();
        var node = IsEntry() ? Sequence(line, column) : Inline(parent, mayBeKey: true);
        _cursor.Leave();
        return node;
    }

    private bool IsEntry() => _cursor.Current == '-' && _cursor.IsBlankAt(1);

    /// <summary>What begins in the middle of a line, or first in it.</summary>
    private YamlNode Inline(int parent, bool mayBeKey)
    {
        var (line, column) = (_cursor.Line, _cursor.Indent + 1);
        switch (_cursor.Current)
        {
            case '[' or '{':
                var collection = YamlFlow.Read(_cursor, parent);
                _cursor.FinishLine();
                return collection;
            case '|' or '>':
                if (parent < 0) throw _cursor.Error("a block of text needs a key");
                return new YamlScalar(line, column, YamlText.Block(_cursor, parent), isPlain: false);
            case '"' or '\'':
                var quoted = new YamlScalar(line, column, YamlText.Quoted(_cursor), isPlain: false);
                if (IsColon(quoted, line, mayBeKey)) return Mapping(quoted);
                _cursor.FinishLine();
                return quoted;
            default:
                YamlText.RefuseSigns(_cursor);
                var plain = new YamlScalar(line, column, YamlText.PlainLine(_cursor, inFlow: false), isPlain: true);
                return IsColon(plain, line, mayBeKey) ? Mapping(plain) : Continued(plain, parent);
        }
    }

    private bool IsColon(YamlScalar key, int line, bool mayBeKey)
    {
        var mark = _cursor.Mark();
        if (!key.IsPlain) _cursor.SkipBlanks();
        if (_cursor.Current != ':' || !_cursor.IsBlankAt(1))
            return _cursor.Mark() != mark && _cursor.Current != '#' && !_cursor.IsLineEnd
                ? throw _cursor.Error($"'{_cursor.Current}' is not expected here") : false;
        if (!mayBeKey || _cursor.Line != line) throw _cursor.Error("a key and its value cannot stand here");
        return true;
    }

    /// <summary>Plain text that goes on in deeper lines: line ends become blanks, empty lines stay.</summary>
    private YamlScalar Continued(YamlScalar first, int parent)
    {
        if (!_cursor.IsLineEnd)
        {
            _cursor.FinishLine();
            return first;
        }

        StringBuilder? text = null;
        while (true)
        {
            var breaks = _cursor.SkipEmptyLines();
            if (_cursor.IsEnd || _cursor.Indent <= parent || _cursor.Current == '#' || IsMarker("---") || IsMarker("...")) break;
            text ??= new StringBuilder(first.Value);
            YamlText.AppendBreaks(text, breaks);
            text.Append(YamlText.PlainLine(_cursor, inFlow: false));
            if (_cursor.Current == ':') throw _cursor.Error("a key and its value cannot stand here");
            if (_cursor.IsLineEnd) continue;
            _cursor.FinishLine();
            break;
        }

        return text is null ? first : new YamlScalar(first.Line, first.Column, text.ToString(), isPlain: true);
    }

    private YamlMapping Mapping(YamlScalar first)
    {
        var indent = first.Column - 1;
        var mapping = new YamlMapping(first.Line, first.Column);
        for (var key = first; ; key = Key(indent))
        {
            _cursor.Take();
            mapping.Add(key, Value(indent));
            _cursor.SkipToContent();
            if (_cursor.IsEnd || _cursor.Indent < indent || IsMarker("---") || IsMarker("...")) return mapping;
            if (_cursor.Indent > indent) throw _cursor.Error("stands deeper than the keys before it");
            if (IsEntry()) return mapping;
        }
    }

    private YamlScalar Key(int indent)
    {
        var (line, column) = (_cursor.Line, _cursor.Indent + 1);
        var isQuoted = _cursor.Current is '"' or '\'';
        if (!isQuoted) YamlText.RefuseSigns(_cursor);
        if (_cursor.Current is '[' or '{' or '|' or '>') throw _cursor.Error("a key must be text");
        var key = new YamlScalar(line, column, isQuoted ? YamlText.Quoted(_cursor) : YamlText.PlainLine(_cursor, inFlow: false), !isQuoted);
        if (isQuoted) _cursor.SkipBlanks();
        if (_cursor.Current != ':' || _cursor.Line != line)
            throw new YamlFormatException(line, column, $"'{key.Value}' must be followed by ': ' and a value");
        return key;
    }

    private YamlNode Value(int indent)
    {
        var (line, column) = (_cursor.Line, _cursor.Indent + 1);
        _cursor.SkipBlanks();
        if (!_cursor.IsLineEnd && _cursor.Current != '#') return Inline(indent, mayBeKey: false);
        _cursor.FinishLine();
        _cursor.SkipToContent();
        // The entries of a list may stand right below their key.
        var isDeeper = _cursor.Indent > indent || (_cursor.Indent == indent && IsEntry());
        return _cursor.IsEnd || !isDeeper || IsMarker("---") || IsMarker("...") ? new YamlScalar(line, column, "", isPlain: true) : Block(indent);
    }

    private YamlSequence Sequence(int line, int column)
    {
        var indent = column - 1;
        var items = new List<YamlNode>();
        while (true)
        {
            var (itemLine, itemColumn) = (_cursor.Line, _cursor.Indent + 2);
            _cursor.Take();
            _cursor.SkipBlanks();
            if (_cursor.IsLineEnd || _cursor.Current == '#') _cursor.SkipToContent();
            var isHere = !_cursor.IsEnd && _cursor.Indent > indent;
            items.Add(isHere ? Block(indent) : new YamlScalar(itemLine, itemColumn, "", isPlain: true));
            _cursor.SkipToContent();
            if (_cursor.IsEnd || _cursor.Indent < indent || IsMarker("---") || IsMarker("...")) break;
            if (_cursor.Indent > indent) throw _cursor.Error("stands deeper than the entries before it");
            if (!IsEntry()) break;
        }

        return new YamlSequence(line, column, items);
    }
}
