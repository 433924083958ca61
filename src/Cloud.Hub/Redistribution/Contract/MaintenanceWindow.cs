namespace Cloud.Hub.Redistribution.Contract;

/// <summary>A time of day at which devices of some sites may be told, by the clock on their wall.</summary>
/// <param name="From">Opens at this local time. On the day whose clock skips it, it opens when the skip
/// ends; on the day that has it twice, the first time.</param>
/// <param name="Minutes">Stays open so long, 1 to 1440, whatever the clock does meanwhile.</param>
/// <param name="TimeZone">IANA name, for example <c>Europe/Berlin</c>.</param>
/// <param name="Site">Site it is for; <c>*</c> stands for any letters; null: every site.</param>
/// <param name="Days">Days on which it opens; empty: every day.</param>
/// <param name="Until">Last local day on which it opens; null: no last one.</param>
public sealed record MaintenanceWindow(
    TimeOnly From, int Minutes, string TimeZone, string? Site = null, IReadOnlyList<DayOfWeek>? Days = null, DateOnly? Until = null);
