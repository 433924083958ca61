using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>How a twin changes. Pure; <see cref="DesiredStates"/> and <see cref="DeviceTwinGrain"/> hold the state.</summary>
internal static class TwinRules
{
    /// <summary>The next desired state: the change, one version on.</summary>
    /// <param name="known">The version that the device follows: it ignores one below, so a hub that lost its state counts on from there.</param>
    public static DesiredState Next(DesiredState? current, long known, Func<DesiredState, DesiredState> change)
    {
        var from = current ?? new DesiredState { Version = 0 };
        return change(from) with { Version = Math.Max(from.Version, known) + 1 };
    }

    /// <summary>Whether a word on presence is news. A will of an older session can overtake the next
    /// birth, so offline never beats a newer session.</summary>
    public static bool IsNews(Presence? current, Presence heard)
    {
        if (current is null || heard.Session > current.Session) return true;
        if (heard.Session == current.Session) return heard != current;
        // A device that lost its disk counts its sessions from the start: a birth of another boot is news, a will never.
        return heard.Online && heard.BootId != current.BootId && heard.TimestampUs > current.TimestampUs;
    }

    /// <summary>The presence that a report sent just now proves, when the hub believed the device away: a
    /// broker may keep its birth to itself. Null: nothing new.</summary>
    public static Presence? CameOnline(Presence? current, ReportedState reported)
    {
        var presence = new Presence(true, reported.Session, reported.BootId, reported.TimestampUs);
        return current is not { Online: true } && IsNews(current, presence) ? presence : null;
    }

    /// <summary>Whether a report is not older than the one held.</summary>
    public static bool IsNews(ReportedState? current, ReportedState heard) =>
        current is null || heard.BootId != current.BootId || heard.TimestampUs >= current.TimestampUs;

    /// <summary>Whether a report says more than that time passed and counters grew: only then it is worth a write.</summary>
    public static bool IsChange(ReportedState? current, ReportedState heard) =>
        current is null
        || !current.Channels.SequenceEqual(heard.Channels)
        || !current.Tags.ToHashSet().SetEquals(heard.Tags)
        || current with { Channels = heard.Channels, Tags = heard.Tags, Counters = heard.Counters, TimestampUs = heard.TimestampUs } != heard;
}
