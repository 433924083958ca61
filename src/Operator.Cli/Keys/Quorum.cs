using System.Globalization;

namespace Operator.Cli.Keys;

/// <summary>How many keys a role has, and how many of them must sign: written 2/3.</summary>
internal readonly record struct Quorum(int Threshold, int Keys)
{
    public const int MostKeys = 16;

    /// <exception cref="FormatException">Not such a text, or a quorum that cannot be reached.</exception>
    public static Quorum Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var threshold)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var keys) && threshold >= 1 && threshold <= keys
            && keys <= MostKeys
            ? new Quorum(threshold, keys)
            : throw new FormatException($"'{text}' must be THRESHOLD/KEYS, such as 2/3, with at most {MostKeys} keys");
    }
}
