using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Google.Protobuf;
using Grpc.Core;
using Hmas.Contracts;
using Hmas.Inference;
using Hmas.Trust;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Serves the registry's door over gRPC.</summary>
internal sealed class ModelsEndpoint(IModelRegistry registry, IModelQuarantine quarantine) : V1.Models.ModelsBase
{
    public override async Task<V1.NextReleaseReply> NextRelease(V1.NextReleaseRequest request, ServerCallContext context)
    {
        try
        {
            return new V1.NextReleaseReply { Release = await registry.NextReleaseAsync(request.Name, context.CancellationToken) };
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    public override async Task<V1.Model> Add(V1.AddModelRequest request, ServerCallContext context)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(request.Manifest.Span, ContractsJson.Default.ModelManifest)
                ?? throw new FormatException("manifest: null");
            return (await registry.AddAsync(manifest, request.Onnx.Memory, request.AddedBy, context.CancellationToken)).ToMessage();
        }
        catch (Exception e) when (e is JsonException or FormatException or PackageException or InferenceException or ArgumentException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    public override async Task<V1.FindModelReply> Find(V1.ModelRequest request, ServerCallContext context) =>
        new() { Model = (await registry.FindAsync(request.Digest, context.CancellationToken))?.ToMessage() };

    public override async Task List(V1.ListModelsRequest request, IServerStreamWriter<V1.Model> responseStream, ServerCallContext context)
    {
        foreach (var entry in await registry.ListAsync(context.CancellationToken))
            await responseStream.WriteAsync(entry.ToMessage(), context.CancellationToken);
    }

    public override async Task<V1.PackageReply> Package(V1.ModelRequest request, ServerCallContext context)
    {
        var reply = new V1.PackageReply();
        if (await registry.PackageAsync(request.Digest, context.CancellationToken) is { } package)
            reply.Package = UnsafeByteOperations.UnsafeWrap(package);
        return reply;
    }

    public override async Task<V1.QuarantineReply> Quarantine(V1.QuarantineRequest request, ServerCallContext context) =>
        new() { Found = await quarantine.QuarantineAsync(request.Digest, request.Reason, context.CancellationToken) };
}
