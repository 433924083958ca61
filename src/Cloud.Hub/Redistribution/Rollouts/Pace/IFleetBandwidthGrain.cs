namespace Cloud.Hub.Redistribution.Rollouts.Pace;

/// <summary>What devices may be told to fetch, over all rollouts of all processes of a hub: one grain, key 0.</summary>
internal interface IFleetBandwidthGrain : IGrainWithIntegerKey
{
    /// <summary>Bytes that may still be told now; 0: none.</summary>
    Task<long> LeftAsync();

    Task SpendAsync(long bytes);
}
