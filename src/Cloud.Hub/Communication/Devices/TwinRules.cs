using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>How a twin changes. Pure, so that a table or a grain can hold the state.</summary>
internal static class TwinRules
{
    /// <summary>The next desired state: the change, one version on.</summary>
    public static DesiredState Next(DesiredState? current, Func<DesiredState, DesiredState> change)
    {
        var from = current ?? new DesiredState { Version = 0 };
        return change(from) with { Version = from.Version + 1 };
    }

    /// <summary>Whether a word on presence is news. A will of an older session can overtake the next birth, so offline never beats a newer session.</summary>
    public static bool IsNews(Presence? current, Presence heard)
    {
        if (current is null || heard.Session > current.Session) return true;
        if (heard.Session == current.Session) return heard != current;
        // A device that lost its disk counts its sessions from the start: a birth of another boot is news, a will never.
        return heard.Online && heard.BootId != current.BootId && heard.TimestampUs > current.TimestampUs;
    }

    /// <summary>Whether a report is not older than the one held.</summary>
    public static bool IsNews(ReportedState? current, ReportedState heard) =>
        current is null || heard.BootId != current.BootId || heard.TimestampUs >= current.TimestampUs;
}
