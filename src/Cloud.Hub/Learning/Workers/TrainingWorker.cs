using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Search;
using Cloud.Hub.Learning.Storage;
using Hmas.Storage;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Works the queue, <see cref="LearningOptions.ParallelRuns"/> at a time. What a restart
/// interrupted is taken up first and goes on from its checkpoint.</summary>
internal sealed class TrainingWorker(
    TrainingQueue queue, RunStore store, StudyFiles studies, TrainingPipeline pipeline, IRunReporter reporter, LearningMetrics metrics,
    IOptions<LearningOptions> options, TimeProvider time, ILogger<TrainingWorker> logger) : BackgroundService
{
    /// <summary>How long a disk that does not take a run's end is left alone.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var run in store.Unfinished())
        {
            if (run.State != RunStates.Queued) Log.TakenUpAgain(logger, run.RunId, run.State);
            queue.Add(run.RunId);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, options.Value.ParallelRuns).Select(_ => LoopAsync(stoppingToken)));

    private async Task LoopAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var run = await queue.NextAsync(stopping);
                await WorkAsync(run, stopping);
                if (!stopping.IsCancellationRequested) queue.Remove(run.RunId);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task WorkAsync(TrainingRunView run, CancellationToken stopping)
    {
        var began = time.GetTimestamp();
        Log.Started(logger, run.RunId, run.Request.ModelName, run.Request.Recipe, run.Request.RequestedBy);
        var stop = queue.StopOf(run.RunId);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, stop);
        try
        {
            run = await pipeline.RunAsync(run, either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Left as it is: the next start takes it up again.
            return;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            run = Last(run) with { State = RunStates.Cancelled, Message = "cancelled" };
        }
        catch (TrainingRefusedException refused)
        {
            run = Last(run) with { State = RunStates.Failed, Message = refused.Message };
        }
#pragma warning disable CA1031 // The loop's one catch: whatever broke belongs to this run, the next one must go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.Failed(logger, run.RunId, error);
            run = Last(run) with { State = RunStates.Failed, Message = error.Message };
        }

        run = run with { EndedAt = time.GetUtcNow() };
        if (!await EndAsync(run, stopping)) return;
        var took = time.GetElapsedTime(began);
        metrics.Ended(run.State, run.TrainingWindows, took);
        Log.Ended(logger, run.RunId, run.State, took.TotalSeconds, run.Message);
    }

    /// <summary>Keeps the end of a run; a disk that does not take it is asked again. False when the hub stops
    /// before that: the next start takes the run up again.</summary>
    private async Task<bool> EndAsync(TrainingRunView run, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                await reporter.ReportAsync(run, CancellationToken.None);
                await store.DropFitAsync(run.RunId, CancellationToken.None);
                if (run.Request.Search is not null) studies.Retain();
                return true;
            }
            catch (Exception error) when (error is StorageException or IOException)
            {
                Log.EndNotKept(logger, run.RunId, run.State, AskAgain.TotalSeconds, error);
            }

            try
            {
                await Task.Delay(AskAgain, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    /// <summary>What was last reported, with its curve and numbers.</summary>
    private TrainingRunView Last(TrainingRunView run) => store.Find(run.RunId) ?? run;
}
