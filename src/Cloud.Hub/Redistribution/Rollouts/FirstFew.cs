namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>A list for people: of a hundred thousand devices the first five are named.</summary>
internal static class FirstFew
{
    private const int NamedAtMost = 5;

    /// <returns>The first few of them, and how many more there are.</returns>
    public static string Of(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(NamedAtMost)) + (all.Count > NamedAtMost ? $" and {all.Count - NamedAtMost} more" : "");
    }
}
