namespace Hmas.Contracts;

/// <summary>Names of sites, devices and rollouts as they stand in topics, paths and tables.</summary>
public static class Ids
{
    public const int MaxLength = 63;

    /// <summary>Lower-case letters, digits and hyphens, 1 to 63, not starting with a hyphen: safe in an
    /// MQTT topic level, a file name and a DNS label.</summary>
    public static bool IsValid(ReadOnlySpan<char> id)
    {
        if (id.IsEmpty || id.Length > MaxLength || id[0] == '-') return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') return false;
        }

        return true;
    }

    /// <exception cref="FormatException">Not valid; the message names <paramref name="what"/> and the value.</exception>
    public static string Require(string? id, string what) =>
        id is not null && IsValid(id)
            ? id : throw new FormatException($"{what} '{id}' must be 1 to {MaxLength} lower-case letters, digits or hyphens");
}
