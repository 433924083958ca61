using System.Globalization;
using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary>A maintenance window as it is written on the command line: <c>north-* 22:00+240 Europe/Berlin sat,sun</c>.</summary>
internal static class WindowText
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <exception cref="HubRefusal">Not such a text; the message says which.</exception>
    public static object Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is < 3 or > 4 || parts[1].Split('+') is not [var from, var minutes]
            || !TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var opens)
            || !int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) throw Bad(text);
        var days = parts.Length == 4 ? parts[3].Split(',').Select(word => Array.IndexOf(Days, word)).ToArray() : [];
        if (days.Contains(-1)) throw Bad(text);
        return new { site = parts[0], from = opens, minutes = length, timeZone = parts[2], days = days.Select(static day =>
            ((DayOfWeek)day).ToString()).ToArray() };
    }

    private static HubRefusal Bad(string text) => new($"--window {text}: must be SITE HH:MM+MINUTES ZONE [{string.Join(",", Days)}]");
}
