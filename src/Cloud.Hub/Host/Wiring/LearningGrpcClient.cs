using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Endpoints;
using Grpc.Core;
using V1 = Cloud.Hub.Learning.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Learning's door when it runs in another process.</summary>
internal sealed class LearningGrpcClient(V1.Learning.LearningClient client) : ITrainingRuns
{
    public async Task<string> StartAsync(TrainingRequest request, CancellationToken cancellation)
    {
        try
        {
            return (await client.StartAsync(LearningTranslation.ToWire(request), cancellationToken: cancellation)).RunId;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(request), e);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
        {
            throw new InvalidOperationException(e.Status.Detail, e);
        }
    }

    public async Task<TrainingRunView?> RunAsync(string runId, CancellationToken cancellation)
    {
        try
        {
            return LearningTranslation.FromWire(await client.FindAsync(new V1.FindRequest { RunId = runId }, cancellationToken: cancellation));
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<TrainingRunView>> RunsAsync(CancellationToken cancellation) =>
        [.. (await client.ListAsync(new V1.ListRequest(), cancellationToken: cancellation)).Runs.Select(LearningTranslation.FromWire)];

    public async Task<bool> CancelAsync(string runId, CancellationToken cancellation) =>
        (await client.CancelAsync(new V1.CancelRequest { RunId = runId }, cancellationToken: cancellation)).Cancelled;

    public async Task<IReadOnlyList<DatasetView>> DatasetsAsync(string runId, CancellationToken cancellation)
    {
        using var call = client.Datasets(new V1.FindRequest { RunId = runId }, cancellationToken: cancellation);
        var sources = new List<V1.DatasetSource>();
        while (await call.ResponseStream.MoveNext(cancellation)) sources.Add(call.ResponseStream.Current);
        return LearningTranslation.FromWire(runId, sources);
    }

    public async Task<IReadOnlyList<DatasetUse>> UsesAsync(long experienceId, CancellationToken cancellation) =>
        [.. (await client.UsesAsync(new V1.UsesRequest { ExperienceId = experienceId }, cancellationToken: cancellation)).Uses.Select(static use =>
            new DatasetUse(use.TrainingRunId, use.Part, use.Digest))];

    public async Task<IReadOnlyList<ConfirmedFault>> FaultsAsync(CancellationToken cancellation) =>
        [.. (await client.FaultsAsync(new V1.FaultsRequest(), cancellationToken: cancellation)).Faults.Select(static fault =>
            new ConfirmedFault(fault.DeviceId, fault.RunId, fault.Block, fault.Fault))];
}
