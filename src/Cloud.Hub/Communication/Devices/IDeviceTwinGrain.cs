using Hmas.Contracts.Twins;
using Orleans.Concurrency;

namespace Cloud.Hub.Communication.Devices;

/// <summary>One device's twin, by the device's id: one turn at a time. The caller has checked that the device is enrolled.</summary>
[Alias("hmas.device-twin")]
internal interface IDeviceTwinGrain : IGrainWithStringKey
{
    /// <remarks>Not copied: a twin never changes, and one look at a fleet asks for all of them.</remarks>
    Task<Immutable<DeviceTwin>> ViewAsync();

    /// <summary>False when it was no news.</summary>
    Task<bool> HeardPresenceAsync(Presence presence);

    /// <param name="isLive">The device sent it just now, so it is there.</param>
    Task<HeardReport> HeardReportedAsync(ReportedState reported, bool isLive);

    /// <summary>The device is connected to nobody: the broker has just started.</summary>
    Task ForgetOnlineAsync();
}

/// <summary>What a report changed.</summary>
/// <param name="IsNews">It is not older than the one held.</param>
/// <param name="CameOnline">The presence that it proved; null: nothing new.</param>
internal sealed record HeardReport(bool IsNews, Presence? CameOnline);
