using System.Text;

namespace Edge.Agent.Yaml;

/// <summary>Reads lists and mappings in brackets and braces (YAML 1.2.2, chapter 7.4).</summary>
internal static class YamlFlow
{
    /// <summary>The list or mapping that begins here.</summary>
    /// <param name="parent">Indentation of what holds it; the brackets' lines stand deeper.</param>
    public static YamlNode Read(YamlCursor cursor, int parent)
    {
        var (line, column) = (cursor.Line, cursor.Indent + 1);
        cursor.Enter();
        YamlNode node = cursor.Current == '[' ? Sequence(cursor, line, column, parent) : Mapping(cursor, line, column, parent);
        cursor.Leave();
        return node;
    }

    private static YamlSequence Sequence(YamlCursor cursor, int line, int column, int parent)
    {
        var items = new List<YamlNode>();
        while (Next(cursor, ']', parent))
        {
            items.Add(Value(cursor, parent));
            cursor.SkipToContent();
            if (cursor.Current == ':') throw cursor.Error("a key and its value cannot stand in a list");
            if (cursor.Current is not (',' or ']')) throw Unclosed(cursor, line, column, ']');
        }

        return new YamlSequence(line, column, items);
    }

    private static YamlMapping Mapping(YamlCursor cursor, int line, int column, int parent)
    {
        var mapping = new YamlMapping(line, column);
        while (Next(cursor, '}', parent))
        {
            if (Value(cursor, parent) is not YamlScalar key) throw cursor.Error("a key must be text");
            cursor.SkipToContent();
            YamlNode value = new YamlScalar(cursor.Line, cursor.Indent + 1, "", isPlain: true);
            if (cursor.Current == ':')
            {
                cursor.Take();
                cursor.SkipToContent();
                if (cursor.Current is not (',' or '}')) value = Value(cursor, parent);
                cursor.SkipToContent();
            }

            if (cursor.Current is not (',' or '}')) throw Unclosed(cursor, line, column, '}');
            mapping.Add(key, value);
        }

        return mapping;
    }

    /// <summary>Past the opening sign or a comma; false past the closing one.</summary>
    private static bool Next(YamlCursor cursor, char closing, int parent)
    {
        if (cursor.Current != closing)
        {
            cursor.Take();
            cursor.SkipToContent();
        }

        if (!cursor.IsEnd && cursor.IsFirstInLine && cursor.Indent <= parent) throw cursor.Error("must stand deeper than what holds it");
        if (cursor.Current != closing) return true;
        cursor.Take();
        return false;
    }

    private static YamlNode Value(YamlCursor cursor, int parent)
    {
        var (line, column) = (cursor.Line, cursor.Indent + 1);
        if (cursor.IsEnd) throw cursor.Error("a bracket is not closed");
        if (cursor.Current is '[' or '{') return Read(cursor, parent);
        if (cursor.Current is '"' or '\'') return new YamlScalar(line, column, YamlText.Quoted(cursor), isPlain: false);
        YamlText.RefuseSigns(cursor);
        var text = new StringBuilder(YamlText.PlainLine(cursor, inFlow: true));
        if (text.Length == 0) throw cursor.Error("a key or a value is missing");
        while (cursor.IsLineEnd && !cursor.IsEnd)
        {
            var breaks = cursor.SkipEmptyLines();
            if (cursor.IsEnd || cursor.Current is ',' or ']' or '}' or '#' || (cursor.Current == ':' && cursor.IsBlankAt(1))) break;
            YamlText.AppendBreaks(text, breaks);
            text.Append(YamlText.PlainLine(cursor, inFlow: true));
        }

        return new YamlScalar(line, column, text.ToString(), isPlain: true);
    }

    private static YamlFormatException Unclosed(YamlCursor cursor, int line, int column, char closing) =>
        cursor.IsEnd ? new YamlFormatException(line, column, $"'{closing}' is missing") : cursor.Error($"',' or '{closing}' is expected here");
}
