using System.Globalization;

namespace Operator.Cli.Fleet;

/// <summary>A group as it is written on the command line: <c>canary=5</c> devices, <c>stage=20%</c>,
/// <c>north=where:site = north</c>, or <c>full</c> for all the rest.</summary>
internal static class GroupText
{
    private const string Where = "where:";

    /// <exception cref="FormatException">Not such a text; the message says which.</exception>
    public static object Parse(string text, IReadOnlyList<string> manualGroups)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0) return new { name = text, manual = manualGroups.Contains(text) };
        var (name, size) = (text[..equals], text[(equals + 1)..].Trim());
        var manual = manualGroups.Contains(name);
        if (size.StartsWith(Where, StringComparison.Ordinal)) return new { name, manual, where = size[Where.Length..].Trim() };
        if (size.EndsWith('%') && double.TryParse(size[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
            return new { name, manual, share = percent / 100 };
        return int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new { name, manual, count }
            : throw new FormatException($"--group {text}: must be NAME=COUNT, NAME=SHARE%, NAME=where:QUERY or NAME alone for all the rest");
    }
}
