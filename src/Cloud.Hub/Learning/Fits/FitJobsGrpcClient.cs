using Cloud.Hub.Learning.Contract;
using Google.Protobuf;
using Fits1 = Cloud.Hub.Learning.Contract.Fits1;

namespace Cloud.Hub.Learning.Fits;

/// <summary>The fits of a hub in another process.</summary>
internal sealed class FitJobsGrpcClient(Fits1.Fits.FitsClient client) : IFitJobs
{
    public async Task<FitLease?> LeaseAsync(FitWorkerDescription worker, TimeSpan patience, CancellationToken cancellation)
    {
        var request = new Fits1.LeaseRequest { Name = worker.Name, CodeVersion = worker.CodeVersion, MemoryMib = worker.MemoryMiB,
            PatienceMs = (int)patience.TotalMilliseconds };
        var reply = await client.LeaseAsync(request, cancellationToken: cancellation);
        return reply.Lease.Length == 0 ? null : new FitLease(reply.Lease, reply.RunId, TimeSpan.FromMilliseconds(reply.DurationMs));
    }

    public async Task<byte[]?> DataAsync(string lease, CancellationToken cancellation)
    {
        using var call = client.Data(Hold(lease), cancellationToken: cancellation);
        using var whole = new MemoryStream();
        while (await call.ResponseStream.MoveNext(cancellation)) call.ResponseStream.Current.Body.WriteTo(whole);
        return whole.Length == 0 ? null : whole.ToArray();
    }

    public async Task<byte[]?> CheckpointAsync(string lease, CancellationToken cancellation)
    {
        var reply = await client.CheckpointAsync(Hold(lease), cancellationToken: cancellation);
        return reply.HasBody ? reply.Body.ToByteArray() : null;
    }

    public async Task<bool> BeatAsync(string lease, CancellationToken cancellation) =>
        (await client.BeatAsync(Hold(lease), cancellationToken: cancellation)).Held;

    public async Task<bool> ReportAsync(string lease, EpochReport report, CancellationToken cancellation)
    {
        var request = new Fits1.ReportRequest
        {
            Lease = lease,
            Epoch = report.Epoch,
            Epochs = report.Epochs,
            Loss = report.Loss,
            Validation = report.Validation,
            Checkpoint = UnsafeByteOperations.UnsafeWrap(report.Checkpoint),
        };
        request.Slices.Add(new Dictionary<string, double>(report.Slices));
        return (await client.ReportAsync(request, cancellationToken: cancellation)).Held;
    }

    public async Task<bool> CompleteAsync(string lease, FitOutcome outcome, CancellationToken cancellation)
    {
        var request = new Fits1.CompleteRequest { Lease = lease, BestEpoch = outcome.BestEpoch };
        request.Values.AddRange(outcome.Values);
        request.Losses.AddRange(outcome.Losses);
        request.Validations.AddRange(outcome.Validations);
        if (outcome.Divergence is { } divergence) request.Divergence = divergence;
        if (outcome.Refusal is { } refusal) request.Refusal = refusal;
        return (await client.CompleteAsync(request, cancellationToken: cancellation)).Held;
    }

    public async Task ReleaseAsync(string lease, CancellationToken cancellation) =>
        await client.ReleaseAsync(Hold(lease), cancellationToken: cancellation);

    private static Fits1.HoldRequest Hold(string lease) => new() { Lease = lease };
}
