using System.Globalization;

namespace Cloud.Hub.Redistribution.Targeting;

/// <summary>How an attribute's value compares with a text of a query. Pure.</summary>
internal static class AttributeComparison
{
    /// <summary>Equal letter by letter; <c>*</c> in the pattern stands for any letters, <c>?</c> for one.</summary>
    public static bool Matches(string value, string pattern) => Hmas.Contracts.Wildcard.Matches(pattern, value);

    /// <summary>Numbers by their size, versions (1.10.2) part by part, all else letter by letter.</summary>
    public static int Order(string left, string right)
    {
        if (double.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
            && double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var b))
            return a.CompareTo(b);
        return Version.TryParse(Numbers(left), out var older) && Version.TryParse(Numbers(right), out var newer)
            ? older.CompareTo(newer) : string.CompareOrdinal(left, right);
    }

    /// <summary>A version without what follows its numbers: 1.2.3-rc1 counts as 1.2.3.</summary>
    private static string Numbers(string version)
    {
        var end = version.AsSpan().IndexOfAny('-', '+');
        return end < 0 ? version : version[..end];
    }
}
