using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;

namespace Cloud.Hub.Redistribution.Rollouts.Pace;

/// <summary>When a site's devices may be told. Pure.</summary>
internal static class MaintenanceHours
{
    private const int MaxMinutes = 24 * 60;

    /// <summary>Days looked ahead for an opening: a week and a day has every weekday.</summary>
    private const int DaysAhead = 8;

    /// <summary>Whether a window of the site is open now; always when there are none at all.</summary>
    public static bool IsOpen(IReadOnlyList<MaintenanceWindow> windows, string siteId, DateTimeOffset now)
    {
        if (windows.Count == 0) return true;
        foreach (var window in windows)
        {
            if (!IsFor(window, siteId)) continue;
            var today = Today(window, now);
            // One that opened yesterday may still be open.
            for (var day = today.AddDays(-1); day <= today; day = day.AddDays(1))
            {
                if (Opening(window, day) is { } opens && opens <= now && now < opens.AddMinutes(window.Minutes)) return true;
            }
        }

        return false;
    }

    /// <summary>The first rule that a window breaks; null when all are sound and each opens again.</summary>
    public static string? Fault(IReadOnlyList<MaintenanceWindow> windows, DateTimeOffset now)
    {
        for (var i = 0; i < windows.Count; i++)
        {
            var window = windows[i];
            if (window.Minutes is < 1 or > MaxMinutes) return $"windows[{i}].minutes: {window.Minutes} is outside 1 to {MaxMinutes}";
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone ?? "", out var zone) || !zone.HasIanaId)
                return $"windows[{i}].timeZone: '{window.TimeZone}' is no IANA time zone";
            if (!IsEverOpen(window, now)) return $"windows[{i}]: it never opens: its last day is {window.Until:yyyy-MM-dd}";
        }

        return null;
    }

    /// <summary>A site none of whose windows ever opens; null when every site has one.</summary>
    public static string? ClosedSite(IReadOnlyList<MaintenanceWindow> windows, IEnumerable<string> siteIds) =>
        windows.Count == 0 ? null : siteIds.FirstOrDefault(site => !windows.Any(window => IsFor(window, site)));

    private static bool IsEverOpen(MaintenanceWindow window, DateTimeOffset now)
    {
        var today = Today(window, now);
        for (var ahead = -1; ahead < DaysAhead; ahead++)
        {
            if (Opening(window, today.AddDays(ahead)) is { } opens && opens.AddMinutes(window.Minutes) > now) return true;
        }

        return false;
    }

    private static bool IsFor(MaintenanceWindow window, string siteId) => window.Site is null || Wildcard.Matches(window.Site, siteId);

    private static DateOnly Today(MaintenanceWindow window, DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, Zone(window)).DateTime);

    /// <summary>Null: it does not open on this day.</summary>
    private static DateTimeOffset? Opening(MaintenanceWindow window, DateOnly day)
    {
        if (window.Until < day || (window.Days is { Count: > 0 } days && !days.Contains(day.DayOfWeek))) return null;
        var (zone, local) = (Zone(window), day.ToDateTime(window.From));
        // Clocks skip whole minutes, an hour as a rule.
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset);
    }

    private static TimeZoneInfo Zone(MaintenanceWindow window) => TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
}
