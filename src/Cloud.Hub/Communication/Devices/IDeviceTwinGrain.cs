using Hmas.Contracts.Twins;
using Orleans.Concurrency;

namespace Cloud.Hub.Communication.Devices;

/// <summary>One device's twin, by the device's id: one turn at a time. The caller has checked that the device is enrolled.</summary>
[Alias("hmas.device-twin")]
internal interface IDeviceTwinGrain : IGrainWithStringKey
{
    /// <remarks>Not copied: a twin never changes, and one look at a fleet asks for all of them.</remarks>
    Task<Immutable<DeviceTwin>> ViewAsync();

    /// <summary>The next version of the desired state; on disk when this returns.</summary>
    Task<DesiredState> SetModelAsync(ModelAssignment? model);

    /// <summary>The next version of the desired state; on disk when this returns.</summary>
    Task<DesiredState> SetSamplingBoostAsync(double boost);

    /// <summary>False when it was no news.</summary>
    Task<bool> HeardPresenceAsync(Presence presence);

    /// <summary>False when it was no news.</summary>
    Task<bool> HeardReportedAsync(ReportedState reported);

    /// <summary>The device is connected to nobody: the broker has just started.</summary>
    Task ForgetOnlineAsync();
}
