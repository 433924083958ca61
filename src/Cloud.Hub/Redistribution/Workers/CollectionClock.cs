using Cloud.Hub.Redistribution.Retention;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Looks every hour for artefacts that nothing needs.</summary>
internal sealed class CollectionClock(Collector collector, TimeProvider time, ILogger<CollectionClock> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await collector.CollectAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                logger.CollectionFailed(e);
            }
        }
    }
}
