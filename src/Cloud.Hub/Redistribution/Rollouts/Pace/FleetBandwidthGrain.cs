using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Rollouts.Pace;

/// <summary>Keeps a <see cref="FleetBandwidth"/>.</summary>
/// <remarks>In memory only: when the process that has it ends, another one begins with what one look may spend. Two rollouts that look at the same
/// moment may both find the same bytes left; what they spend too much is a debt that both wait off.</remarks>
internal sealed class FleetBandwidthGrain(IOptions<RedistributionOptions> options, TimeProvider time) : Grain, IFleetBandwidthGrain
{
    private readonly FleetBandwidth _bandwidth = new(options.Value);

    public Task<long> LeftAsync() => Task.FromResult(_bandwidth.Left(time.GetUtcNow()));

    public Task SpendAsync(long bytes)
    {
        _bandwidth.Spend(bytes);
        return Task.CompletedTask;
    }
}
