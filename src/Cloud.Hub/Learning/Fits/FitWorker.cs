using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Takes fits one after the other, in the hub or far from it, and reports each epoch with its checkpoint.</summary>
internal sealed class FitWorker(IFitJobs jobs, FitWorkerDescription description, int threads, TimeProvider time, ILogger<FitWorker> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(2);

    /// <summary>A word so many times within a lease.</summary>
    private const int BeatsPerLease = 3;

    /// <summary>Until it is stopped; a hub that does not answer is asked again.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (await jobs.LeaseAsync(description, Patience, stopping) is { } lease) await WorkAsync(lease, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            // The loop's one catch: the hub is away, its disk is full, the package is damaged.
            // The lease runs out by itself; the loop goes on.
#pragma warning disable CA1031
            catch (Exception trouble)
#pragma warning restore CA1031
            {
                Log.FitTrouble(logger, description.Name, trouble.Message);
                await Task.Delay(AfterTrouble, time, stopping).ContinueWith(static _ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task WorkAsync(FitLease lease, CancellationToken stopping)
    {
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var beating = BeatAsync(lease, lost);
        try
        {
            if (await jobs.DataAsync(lease.Lease, lost.Token) is not { } data) return;
            var checkpoint = await jobs.CheckpointAsync(lease.Lease, lost.Token);
            var package = FitPackage.FromBytes(data);
            var outcome = await Task.Factory.StartNew(
                () => FitWork.Run(package, checkpoint, threads, Report, lost.Token), lost.Token, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            await jobs.CompleteAsync(lease.Lease, outcome, lost.Token);
        }
        catch (OperationCanceledException)
        {
            if (!stopping.IsCancellationRequested) return;
            using var limit = new CancellationTokenSource(AfterTrouble, time);
            await jobs.ReleaseAsync(lease.Lease, limit.Token);
        }
        finally
        {
            await lost.CancelAsync();
            await beating;
        }

        // The fit waits until its checkpoint is on the hub's disk: only then may a kill come.
        void Report(EpochReport report)
        {
            if (jobs.ReportAsync(lease.Lease, report, lost.Token).GetAwaiter().GetResult()) return;
            lost.Cancel();
            lost.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Keeps the lease while an epoch takes longer than it.</summary>
    private async Task BeatAsync(FitLease lease, CancellationTokenSource lost)
    {
        using var timer = new PeriodicTimer(lease.Duration / BeatsPerLease, time);
        try
        {
            while (await timer.WaitForNextTickAsync(lost.Token))
            {
                if (!await jobs.BeatAsync(lease.Lease, lost.Token)) await lost.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
        }
#pragma warning disable CA1031 // A hub that does not answer for a moment costs the lease at worst; the next report tells.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            Log.FitTrouble(logger, description.Name, trouble.Message);
        }
    }
}
