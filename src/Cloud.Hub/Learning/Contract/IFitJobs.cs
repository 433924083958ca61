namespace Cloud.Hub.Learning.Contract;

/// <summary>Fits that wait for a worker: the part of a training run that computes, which may run in another process on another machine.</summary>
/// <remarks>
/// A worker holds a fit by a lease and keeps it by reporting. A lease that ran out is another worker's, which goes
/// on from the last checkpoint and ends with the same bits. All of it is in
/// learning.db before it is answered.
/// </remarks>
public interface IFitJobs
{
    /// <summary>The next fit that this worker can carry, the most urgent first; waits for one at
    /// most <paramref name="patience"/>, then null.</summary>
    Task<FitLease?> LeaseAsync(FitWorkerDescription worker, TimeSpan patience, CancellationToken cancellation);

    /// <summary>What to fit, whole (docs/formats/training-checkpoint.md); null when the lease is not held any more.</summary>
    Task<byte[]?> DataAsync(string lease, CancellationToken cancellation);

    /// <summary>The last checkpoint, of this worker or one before it; null: from the start.</summary>
    Task<byte[]?> CheckpointAsync(string lease, CancellationToken cancellation);

    /// <summary>Keeps the lease. False: it ran out, or the run was cancelled; stop.</summary>
    Task<bool> BeatAsync(string lease, CancellationToken cancellation);

    /// <summary>An epoch ended: its checkpoint is on disk when the task is done. Keeps the lease; false as for <see cref="BeatAsync"/>.</summary>
    Task<bool> ReportAsync(string lease, EpochReport report, CancellationToken cancellation);

    /// <summary>The fit ended. False: the lease is not held any more, nothing was taken.</summary>
    Task<bool> CompleteAsync(string lease, FitOutcome outcome, CancellationToken cancellation);

    /// <summary>The worker stops: the fit is free at once.</summary>
    Task ReleaseAsync(string lease, CancellationToken cancellation);
}

/// <param name="Name">For people.</param>
/// <param name="CodeVersion">Must be the hub's, or bits could differ.</param>
/// <param name="MemoryMiB">What a fit may take.</param>
public sealed record FitWorkerDescription(string Name, string CodeVersion, int MemoryMiB);

/// <param name="Lease">Secret of this hold.</param>
/// <param name="Duration">How long it holds without a word.</param>
public sealed record FitLease(string Lease, string RunId, TimeSpan Duration);

/// <param name="Validation">NaN without validation runs.</param>
public sealed record EpochReport(int Epoch, int Epochs, double Loss, double Validation, ReadOnlyMemory<byte> Checkpoint)
{
    /// <summary>Loss on each truth of the validation runs apart, by its name, and on each of those runs; empty without such runs.</summary>
    public IReadOnlyDictionary<string, double> Slices { get; init; } = new Dictionary<string, double>();
}

/// <summary>How a fit ended: with values, or with the sentence why it could not.</summary>
public sealed record FitOutcome
{
    /// <summary>The best epoch's, parameters first, then states; empty when <see cref="Refusal"/> is set.</summary>
    public float[] Values { get; init; } = [];

    public IReadOnlyList<double> Losses { get; init; } = [];

    public IReadOnlyList<double> Validations { get; init; } = [];

    public int BestEpoch { get; init; }

    /// <summary>Where the fit left the finite numbers; null when it did not.</summary>
    public string? Divergence { get; init; }

    /// <summary>Why there are no values.</summary>
    public string? Refusal { get; init; }
}
