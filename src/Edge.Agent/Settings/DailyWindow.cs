using System.Globalization;

namespace Edge.Agent.Settings;

/// <summary>A time of day, local time of the device: <c>01:00-05:00</c>; one that ends before it begins spans midnight.</summary>
/// <param name="From">Included.</param>
/// <param name="To">Not included; another than <paramref name="From"/>.</param>
internal sealed record DailyWindow(TimeOnly From, TimeOnly To)
{
    /// <summary>Null: not of that form, or empty.</summary>
    public static DailyWindow? TryParse(string text) =>
        text.Split('-') is [var from, var to]
        && TimeOnly.TryParseExact(from, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var opens)
        && TimeOnly.TryParseExact(to, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var closes) && opens != closes
            ? new DailyWindow(opens, closes)
            : null;

    /// <summary>0 within the window.</summary>
    public TimeSpan UntilOpen(DateTimeOffset local)
    {
        var now = TimeOnly.FromTimeSpan(local.TimeOfDay);
        // TimeOnly's difference goes round the clock.
        return now.IsBetween(From, To) ? TimeSpan.Zero : From - now;
    }
}
