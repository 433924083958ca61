using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Endpoints;
using Google.Protobuf;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The registry's door when Redistribution runs in another process.</summary>
internal sealed class ModelsGrpcClient(V1.Models.ModelsClient client) : IModelRegistry, IModelQuarantine
{
    public async Task<long> NextReleaseAsync(string name, CancellationToken cancellation) =>
        (await client.NextReleaseAsync(new V1.NextReleaseRequest { Name = name }, cancellationToken: cancellation)).Release;

    public async Task<ModelEntry> AddAsync(ModelManifest manifest, ReadOnlyMemory<byte> onnx, string addedBy, CancellationToken cancellation)
    {
        var request = new V1.AddModelRequest
        {
            Manifest = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest)),
            Onnx = UnsafeByteOperations.UnsafeWrap(onnx),
            AddedBy = addedBy,
        };
        try
        {
            return (await client.AddAsync(request, cancellationToken: cancellation)).ToEntry();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(manifest), e);
        }
    }

    public async Task<ModelEntry?> FindAsync(string digest, CancellationToken cancellation) =>
        (await client.FindAsync(new V1.ModelRequest { Digest = digest }, cancellationToken: cancellation)).Model?.ToEntry();

    public async Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellation)
    {
        using var call = client.List(new V1.ListModelsRequest(), cancellationToken: cancellation);
        var entries = new List<ModelEntry>();
        while (await call.ResponseStream.MoveNext(cancellation)) entries.Add(call.ResponseStream.Current.ToEntry());
        return entries;
    }

    public async Task<ReadOnlyMemory<byte>?> PackageAsync(string digest, CancellationToken cancellation)
    {
        var reply = await client.PackageAsync(new V1.ModelRequest { Digest = digest }, cancellationToken: cancellation);
        if (!reply.HasPackage) return null;
        return reply.Package.Memory;
    }

    public async Task<bool> QuarantineAsync(string digest, string reason, CancellationToken cancellation) =>
        (await client.QuarantineAsync(new V1.QuarantineRequest { Digest = digest, Reason = reason }, cancellationToken: cancellation)).Found;
}
