using Cloud.Hub.Learning.Contract;
using Google.Protobuf;
using Grpc.Core;
using Fits1 = Cloud.Hub.Learning.Contract.Fits1;

namespace Cloud.Hub.Learning.Endpoints;

/// <summary>Serves the fits to workers over gRPC: parses, calls, translates.</summary>
internal sealed class FitsEndpoint(IFitJobs jobs) : Fits1.Fits.FitsBase
{
    private const int PieceBytes = 1 << 20;
    private const int MaxName = 63;
    private static readonly TimeSpan MaxPatience = TimeSpan.FromSeconds(30);

    public override async Task<Fits1.LeaseReply> Lease(Fits1.LeaseRequest request, ServerCallContext context)
    {
        if (request.Name.Length is 0 or > MaxName) throw new RpcException(new Status(StatusCode.InvalidArgument, $"name: 1 to {MaxName} characters"));
        try
        {
            var patience = TimeSpan.FromMilliseconds(Math.Clamp(request.PatienceMs, 0, MaxPatience.TotalMilliseconds));
            var lease = await jobs.LeaseAsync(
                new FitWorkerDescription(request.Name, request.CodeVersion, request.MemoryMib), patience, context.CancellationToken);
            return lease is null
                ? new Fits1.LeaseReply() : new Fits1.LeaseReply { Lease = lease.Lease, RunId = lease.RunId,
                    DurationMs = (long)lease.Duration.TotalMilliseconds };
        }
        catch (ArgumentException refused)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refused.Message));
        }
    }

    public override async Task Data(Fits1.HoldRequest request, IServerStreamWriter<Fits1.Piece> responseStream, ServerCallContext context)
    {
        if (await jobs.DataAsync(request.Lease, context.CancellationToken) is not { } data) return;
        for (var from = 0; from < data.Length; from += PieceBytes)
        {
            var piece = UnsafeByteOperations.UnsafeWrap(data.AsMemory(from, Math.Min(PieceBytes, data.Length - from)));
            await responseStream.WriteAsync(new Fits1.Piece { Body = piece }, context.CancellationToken);
        }
    }

    public override async Task<Fits1.CheckpointReply> Checkpoint(Fits1.HoldRequest request, ServerCallContext context)
    {
        var reply = new Fits1.CheckpointReply();
        if (await jobs.CheckpointAsync(request.Lease, context.CancellationToken) is { } body) reply.Body = UnsafeByteOperations.UnsafeWrap(body);
        return reply;
    }

    public override async Task<Fits1.HeldReply> Beat(Fits1.HoldRequest request, ServerCallContext context) =>
        new() { Held = await jobs.BeatAsync(request.Lease, context.CancellationToken) };

    public override async Task<Fits1.HeldReply> Report(Fits1.ReportRequest request, ServerCallContext context) => new()
    {
        Held = await jobs.ReportAsync(
            request.Lease,
            new EpochReport(
                request.Epoch, request.Epochs, request.Loss, request.Validation,
                request.Checkpoint.Memory) { Slices = new Dictionary<string, double>(request.Slices) },
            context.CancellationToken),
    };

    public override async Task<Fits1.HeldReply> Complete(Fits1.CompleteRequest request, ServerCallContext context)
    {
        var outcome = new FitOutcome
        {
            Values = [.. request.Values],
            Losses = [.. request.Losses],
            Validations = [.. request.Validations],
            BestEpoch = request.BestEpoch,
            Divergence = request.HasDivergence ? request.Divergence : null,
            Refusal = request.HasRefusal ? request.Refusal : null,
        };
        return new Fits1.HeldReply { Held = await jobs.CompleteAsync(request.Lease, outcome, context.CancellationToken) };
    }

    public override async Task<Fits1.HeldReply> Release(Fits1.HoldRequest request, ServerCallContext context)
    {
        await jobs.ReleaseAsync(request.Lease, context.CancellationToken);
        return new Fits1.HeldReply();
    }
}
