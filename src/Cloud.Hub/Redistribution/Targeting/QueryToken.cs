namespace Cloud.Hub.Redistribution.Targeting;

/// <param name="Text">Without quotes.</param>
/// <param name="At">Of its first character in the query, from 0.</param>
/// <param name="Length">In the query, quotes included.</param>
internal readonly record struct QueryToken(string Text, int At, int Length, bool IsQuoted)
{
    public bool Is(string word) => !IsQuoted && Text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
