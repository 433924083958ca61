using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Grpc.Core;
using Hmas.Contracts.Artefacts;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Serves the door of artefacts of every kind over gRPC.</summary>
internal sealed class ArtefactsEndpoint(IArtefactRegistry registry) : V1.Artefacts.ArtefactsBase
{
    public override async Task<V1.Artefact> Add(IAsyncStreamReader<V1.AddArtefactRequest> requestStream, ServerCallContext context)
    {
        try
        {
            var upload = await requestStream.MoveNext(context.CancellationToken)
                && requestStream.Current is { PartCase: V1.AddArtefactRequest.PartOneofCase.Upload } first
                ? JsonSerializer.Deserialize<ArtefactUpload>(first.Upload.Span, RedistributionJson.Options)
                : null;
            if (upload is null) throw new ArgumentException("upload: the first message must say what is coming");
            await using var content = new ChunkStream(requestStream);
            return (await registry.AddAsync(upload, content, context.CancellationToken)).ToMessage();
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
    }

    public override async Task<V1.FindArtefactReply> Find(V1.ArtefactRequest request, ServerCallContext context) =>
        new() { Artefact = (await registry.FindAsync(request.Digest, context.CancellationToken))?.ToMessage() };

    public override async Task<V1.ArtefactDetailsReply> Details(V1.ArtefactRequest request, ServerCallContext context)
    {
        var reply = new V1.ArtefactDetailsReply();
        if (await registry.DetailsAsync(request.Digest, context.CancellationToken) is { } details) reply.Details = ModelMessages.Json(details);
        return reply;
    }

    public override async Task<V1.ApproveArtefactReply> Approve(V1.ApproveArtefactRequest request, ServerCallContext context) =>
        new() { Found = await registry.ApproveAsync(request.Digest, request.Who, request.Note, context.CancellationToken) };

    public override async Task List(V1.ListArtefactsRequest request, IServerStreamWriter<V1.Artefact> responseStream, ServerCallContext context)
    {
        ArtefactKind? kind;
        try
        {
            kind = request.Kind.Length == 0 ? null : ArtefactKinds.Require(request.Kind);
        }
        catch (FormatException e)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }

        foreach (var entry in await registry.ListAsync(kind, context.CancellationToken))
            await responseStream.WriteAsync(entry.ToMessage(), context.CancellationToken);
    }
}
