using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Wakes every rollout that has not ended, each interval: also those that a killed hub left behind.</summary>
/// <remarks>In a cluster each process does it; a look is cheap and a grain takes one turn at a
/// time, so two clocks do no harm and none is missed. One look at a time, the highest priority first: each is waited for to its end,
/// however long that takes on a busy machine, so looks do not pile up and two never spend the same bytes.</remarks>
internal sealed class RolloutClock(
    RolloutStore store, IGrainFactory grains, UnreadableRollouts unreadable, IOptions<RedistributionOptions> options, TimeProvider time,
    ILogger<RolloutClock> logger)
        : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.LookInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                foreach (var id in store.Open()) await LookAsync(id);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.RolloutsUnknown(e);
            }
        }
    }

    private async Task LookAsync(string id)
    {
        try
        {
            await grains.GetGrain<IRolloutGrain>(id).LookAsync();
            unreadable.Read(id);
        }
        catch (InvalidDataException e)
        {
            unreadable.Met(id, e.Message);
        }
        catch (Exception e)
        {
            logger.RolloutLookFailed(id, e);
        }
    }
}
