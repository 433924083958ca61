using Cloud.Hub.Redistribution.Rollouts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Wakes every rollout that has not ended, each interval: also those that a killed hub left behind.</summary>
/// <remarks>In a cluster each process does it; a look is cheap and a grain takes one turn at a time, so two clocks do no harm and none is missed.</remarks>
internal sealed class RolloutClock(IGrainFactory grains, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<RolloutClock> logger) : BackgroundService
{
    /// <summary>A rollout that was claimed and has not begun by this many looks never will: the hub was killed between the two.</summary>
    private const int LooksBeforeForgotten = 30;

    private readonly Dictionary<string, int> _empty = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LookInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var directory = grains.GetGrain<IRolloutDirectoryGrain>(0);
                foreach (var id in await directory.ActiveAsync()) await LookAsync(directory, id);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.RolloutsUnknown(e);
            }
        }
    }

    private async Task LookAsync(IRolloutDirectoryGrain directory, string id)
    {
        try
        {
            var grain = grains.GetGrain<IRolloutGrain>(id);
            if (await grain.LookAsync())
            {
                _empty.Remove(id);
            }
            else if (await grain.ViewAsync() is { } ended)
            {
                if (ended.EndedAt is not null) await directory.ReleaseAsync(id);
            }
            else
            {
                _empty[id] = _empty.GetValueOrDefault(id) + 1;
                if (_empty[id] > LooksBeforeForgotten) await directory.ForgetAsync(id);
            }
        }
        catch (Exception e)
        {
            logger.RolloutLookFailed(id, e);
        }
    }
}
