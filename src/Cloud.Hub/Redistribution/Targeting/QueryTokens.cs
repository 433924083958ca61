namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>A query cut into words, quoted texts and signs.</summary>
internal static class QueryTokens
{
    private static readonly string[] Signs = ["!=", "<=", ">=", "=", "<", ">", "(", ")", ","];

    /// <summary>The last token is empty and stands behind the end.</summary>
    /// <exception cref="QueryException">A quote that is not closed, or a character that begins nothing.</exception>
    public static List<QueryToken> Of(string text)
    {
        var tokens = new List<QueryToken>();
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var token = Next(text, at);
            tokens.Add(token);
            at += token.Length;
        }

        tokens.Add(new QueryToken("", text.Length, 0, IsQuoted: false));
        return tokens;
    }

    private static QueryToken Next(string text, int at)
    {
        if (text[at] == '"')
        {
            var end = text.IndexOf('"', at + 1);
            return end > 0
                ? new QueryToken(text[(at + 1)..end], at, end + 1 - at, IsQuoted: true) :
                    throw new QueryException(at + 1, "this quote is not closed");
        }

        if (Signs.FirstOrDefault(sign => string.CompareOrdinal(text, at, sign, 0, sign.Length) == 0) is { } found)
            return new QueryToken(found, at, found.Length, IsQuoted: false);
        var length = 0;
        while (at + length < text.Length && IsWordPart(text[at + length])) length++;
        return length > 0
            ? new QueryToken(text.Substring(at, length), at, length, IsQuoted: false) :
                throw new QueryException(at + 1, $"'{text[at]}' begins nothing; texts with signs stand in quotes");
    }

    /// <summary>Letters and digits, and what stands in ids, digests, versions and patterns.</summary>
    private static bool IsWordPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '*' or '+' or '/';
}
