using Cloud.Hub.Memory.Archive;
using Hmas.Storage;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Memory.Workers;

/// <summary>Looks at the archive's byte bound at an interval.</summary>
internal sealed class RetentionWorker(ExperienceArchive archive, IOptions<MemoryOptions> options, TimeProvider time, ILogger<RetentionWorker> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.RetentionInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await archive.KeepWithinBoundAsync(stoppingToken);
            }
            catch (StorageException error)
            {
                Log.RetentionFailed(logger, error.Reason, error);
            }
        }
    }
}
