using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Workers;
using Hmas.Contracts;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Hands fits out and takes back what became of them; everything in learning.db before it is answered.</summary>
internal sealed class FitJobs(
    RunStore store, IRunReporter reporter, FitSignal signal, IOptions<LearningOptions> options, TimeProvider time, ILogger<FitJobs> logger) : IFitJobs
{
    /// <summary>A fit whose workers died so often is not given to another: it may be what kills them.</summary>
    public const int MaxLosses = 5;

    private const int LeaseBytes = 16;
    private const double ProgressFrom = 0.1;
    private const double ProgressShare = 0.6;

    public async Task<FitLease?> LeaseAsync(FitWorkerDescription worker, TimeSpan patience, CancellationToken cancellation)
    {
        if (worker.CodeVersion != LearningService.CodeVersion)
            throw new ArgumentException(
                $"worker {worker.Name} runs {worker.CodeVersion}, the hub {LearningService.CodeVersion}: their bits could differ", nameof(worker));
        var until = time.GetUtcNow() + patience;
        while (true)
        {
            var changed = signal.Changed;
            if (await TryLeaseAsync(worker, cancellation) is { } lease) return lease;
            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero) return null;
            var expiry = store.Read(connection => FitTable.NextExpiry(connection, NowUs())) is { } us
                ? TimeSpan.FromMicroseconds(us - NowUs() + 1000) : left;
            await Task.WhenAny(changed, Task.Delay(expiry < left ? expiry : left, time, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public Task<byte[]?> DataAsync(string lease, CancellationToken cancellation) => Task.FromResult(store.Read(connection =>
        FitTable.Held(connection, lease, NowUs()) is { } held ? FitTable.Data(connection, held.Run) : null));

    public Task<byte[]?> CheckpointAsync(string lease, CancellationToken cancellation)
    {
        var held = store.Read(connection => FitTable.Held(connection, lease, NowUs()));
        return Task.FromResult(held is { } fit ? store.Checkpoint(fit.Run, fit.Fit) : null);
    }

    public Task<bool> BeatAsync(string lease, CancellationToken cancellation) => store.WriteAsync(
        connection =>
        {
            if (FitTable.Held(connection, lease, NowUs()) is null) return false;
            FitTable.Prolong(connection, lease, UntilUs());
            return true;
        },
        cancellation);

    public async Task<bool> ReportAsync(string lease, EpochReport report, CancellationToken cancellation)
    {
        var held = await store.WriteAsync<(string Run, string Worker)?>(
            connection =>
            {
                if (FitTable.Held(connection, lease, NowUs()) is not { } fit) return null;
                FitTable.Prolong(connection, lease, UntilUs());
                RunStore.KeepCheckpoint(connection, fit.Run, fit.Fit, report.Checkpoint.ToArray());
                return (fit.Run, fit.Worker);
            },
            cancellation);
        if (held is not { } known || store.Find(known.Run) is not { } run || RunStates.HasEnded(run.State)) return false;
        // A worker that went on from a checkpoint tells its first epoch again when the one before it was kept but not told.
        var before = Math.Min(report.Epoch - 1, run.LossCurve.Count);
        await reporter.ReportAsync(
            run with
            {
                Progress = ProgressFrom + (ProgressShare * report.Epoch / report.Epochs),
                Message = string.Create(CultureInfo.InvariantCulture, $"epoch {report.Epoch} of {report.Epochs}, loss {report.Loss:0.0000}"),
                LossCurve = [.. run.LossCurve.Take(before), report.Loss],
                ValidationCurve = double.IsNaN(report.Validation) ? [] : [.. run.ValidationCurve.Take(before), report.Validation],
                SliceCurves = report.Slices.ToDictionary(
                    slice => slice.Key,
                    slice => (IReadOnlyList<double>)[.. run.SliceCurves.GetValueOrDefault(slice.Key, []).Take(before), slice.Value]),
                Worker = known.Worker,
            },
            cancellation);
        return true;
    }

    public async Task<bool> CompleteAsync(string lease, FitOutcome outcome, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(outcome, LearningJson.Default.FitOutcome);
        var taken = await store.WriteAsync(
            connection =>
            {
                if (FitTable.Held(connection, lease, NowUs()) is not { } held) return false;
                FitTable.End(connection, held.Run, body);
                return true;
            },
            cancellation);
        if (taken) signal.Raise();
        return taken;
    }

    public async Task ReleaseAsync(string lease, CancellationToken cancellation)
    {
        await store.WriteAsync(
            connection =>
            {
                FitTable.Release(connection, lease);
                return true;
            },
            cancellation);
        signal.Raise();
    }

    /// <summary>Offers a run's fit and waits for its outcome. One that ended before a restart is answered
    /// at once; one that a worker still holds goes on.</summary>
    /// <param name="fit">Its fingerprint.</param>
    public async Task<FitOutcome> OutcomeAsync(string runId, string fit, int priority, byte[] package, CancellationToken cancellation)
    {
        var memoryMiB = (package.Length >> 20) + 1;
        await store.WriteAsync(
            connection =>
            {
                FitTable.Offer(connection, runId, fit, priority, memoryMiB, package);
                return true;
            },
            cancellation);
        signal.Raise();
        while (true)
        {
            var changed = signal.Changed;
            if (store.Read(connection => FitTable.Result(connection, runId, fit)) is { } body)
                return JsonSerializer.Deserialize(body, LearningJson.Default.FitOutcome)!;
            await changed.WaitAsync(cancellation);
        }
    }

    private async Task<FitLease?> TryLeaseAsync(FitWorkerDescription worker, CancellationToken cancellation)
    {
        var lease = RandomNumberGenerator.GetHexString(2 * LeaseBytes, lowercase: true);
        var (run, losses) = await store.WriteAsync(
            connection =>
            {
                if (FitTable.Free(connection, NowUs(), worker.MemoryMiB) is not { } free) return ("", 0);
                if (free.Losses >= MaxLosses)
                {
                    var refusal = new FitOutcome { Refusal = $"{free.Losses} workers in turn took the fit and were not heard of again" };
                    FitTable.End(connection, free.Run, JsonSerializer.SerializeToUtf8Bytes(refusal, LearningJson.Default.FitOutcome));
                    return ("", free.Losses);
                }

                FitTable.Hold(connection, free.Run, lease, worker.Name, free.Losses, UntilUs());
                return (free.Run, free.Losses);
            },
            cancellation);
        if (run.Length == 0)
        {
            if (losses > 0) signal.Raise();
            return null;
        }

        Log.FitLeased(logger, run, worker.Name, losses);
        return new FitLease(lease, run, options.Value.Lease);
    }

    private long NowUs() => time.GetUtcNow().ToUnixMicroseconds();

    private long UntilUs() => NowUs() + (options.Value.Lease.Ticks / TimeSpan.TicksPerMicrosecond);
}
