namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>What a device says of itself, within bounds.</summary>
internal static class DirectAttributes
{
    public const int MaxCount = 64;
    public const int MaxName = 64;
    public const int MaxValue = 256;

    /// <summary>The attributes after a message.</summary>
    /// <param name="mode"><c>merge</c> (the default), <c>replace</c> or <c>remove</c>.</param>
    /// <exception cref="FormatException">An unknown mode, or too much; the message names it.</exception>
    public static IReadOnlyDictionary<string, string> Apply(
        IReadOnlyDictionary<string, string> held, string? mode, IReadOnlyDictionary<string, string> sent)
    {
        foreach (var (name, value) in sent)
        {
            if (name.Length is 0 or > MaxName) throw new FormatException($"data: a name of {name.Length} characters is outside 1 to {MaxName}");
            if (value is null || value.Length > MaxValue)
                throw new FormatException($"data.{name}: {(value is null ? "null" : $"{value.Length} characters are more than {MaxValue}")}");
        }

        var next = mode switch
        {
            "replace" => new Dictionary<string, string>(sent),
            "remove" => held.Where(pair => !sent.ContainsKey(pair.Key)).ToDictionary(),
            null or "merge" => held.Where(pair => !sent.ContainsKey(pair.Key)).Concat(sent).ToDictionary(),
            _ => throw new FormatException($"mode '{mode}' is none of merge, replace, remove"),
        };
        return next.Count <= MaxCount ? next : throw new FormatException($"data: {next.Count} attributes are more than {MaxCount}");
    }
}
