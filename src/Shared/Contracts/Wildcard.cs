namespace Hmas.Contracts;

/// <summary>Shell-like patterns: <c>*</c> any run of characters, <c>?</c> one character.</summary>
public static class Wildcard
{
    /// <summary>Greedy with one way back, O(pattern · text): a hostile pattern cannot make it explode.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, at = 0, star = -1, retry = 0;
        while (at < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                retry = at;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[at]))
            {
                p++;
                at++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                at = ++retry;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
