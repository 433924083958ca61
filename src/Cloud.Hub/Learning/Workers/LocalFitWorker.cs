using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Fits;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>The hub's own workers, as many as <see cref="LearningOptions.LocalWorkers"/>: without them fits wait for a worker elsewhere.</summary>
internal sealed class LocalFitWorker(IFitJobs jobs, IOptions<LearningOptions> options, TimeProvider time, ILogger<FitWorker> logger)
    : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, options.Value.LocalWorkers).Select(i =>
        new FitWorker(
            jobs, new FitWorkerDescription($"hub-{i + 1}", LearningService.CodeVersion, int.MaxValue), options.Value.Threads, time, logger).RunAsync(
                stoppingToken)));
}
