using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>One polling device, by its id: one turn at a time. The caller has checked who it is.</summary>
[Alias("hmas.direct-device")]
internal interface IDirectDeviceGrain : IGrainWithStringKey
{
    /// <summary>The device asked what there is to do.</summary>
    /// <param name="desired">Of its twin.</param>
    Task<DirectDevice> PolledAsync(string siteId, DesiredState? desired);

    Task HeardAsync(string siteId, long actionId, DirectFeedback feedback, string? detail);

    Task HeardOfCancelAsync(string siteId, long actionId, DirectFeedback feedback, string? detail);

    /// <param name="attributes">All that it says of itself now.</param>
    Task ShowedAsync(string siteId, IReadOnlyDictionary<string, string> attributes);

    /// <summary>As it stands; nothing happens.</summary>
    Task<DirectDevice> ViewAsync();
}
