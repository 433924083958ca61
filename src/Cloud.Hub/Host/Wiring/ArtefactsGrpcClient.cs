using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Endpoints;
using Google.Protobuf;
using Grpc.Core;
using Hmas.Contracts.Artefacts;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The door of artefacts when Redistribution runs in another process.</summary>
internal sealed class ArtefactsGrpcClient(V1.Artefacts.ArtefactsClient client) : IArtefactRegistry
{
    private const int ChunkBytes = 64 << 10;

    public async Task<ArtefactEntry> AddAsync(ArtefactUpload upload, Stream content, CancellationToken cancellation)
    {
        using var call = client.Add(cancellationToken: cancellation);
        try
        {
            await SendAsync(call.RequestStream, upload, content, cancellation);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The other side has answered already, before it had all of it: its answer says why.
        }

        try
        {
            return (await call).ToEntry();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.InvalidArgument)
        {
            throw new ArgumentException(e.Status.Detail, nameof(upload), e);
        }
    }

    public async Task<ArtefactEntry?> FindAsync(string digest, CancellationToken cancellation) =>
        (await client.FindAsync(new V1.ArtefactRequest { Digest = digest }, cancellationToken: cancellation)).Artefact?.ToEntry();

    public async Task<ArtefactDetails?> DetailsAsync(string digest, CancellationToken cancellation)
    {
        var reply = await client.DetailsAsync(new V1.ArtefactRequest { Digest = digest }, cancellationToken: cancellation);
        return reply.HasDetails ? JsonSerializer.Deserialize<ArtefactDetails>(reply.Details.Span, RedistributionJson.Options) : null;
    }

    public async Task<bool> ApproveAsync(string digest, string who, string note, CancellationToken cancellation) =>
        (await client.ApproveAsync(new V1.ApproveArtefactRequest { Digest = digest, Who = who, Note = note }, cancellationToken: cancellation)).Found;

    public async Task<IReadOnlyList<ArtefactEntry>> ListAsync(ArtefactKind? kind, CancellationToken cancellation)
    {
        using var call = client.List(
            new V1.ListArtefactsRequest { Kind = kind is { } only ? ArtefactKinds.Word(only) : "" }, cancellationToken: cancellation);
        var entries = new List<ArtefactEntry>();
        while (await call.ResponseStream.MoveNext(cancellation)) entries.Add(call.ResponseStream.Current.ToEntry());
        return entries;
    }

    private static async Task SendAsync(
        IClientStreamWriter<V1.AddArtefactRequest> requests, ArtefactUpload upload, Stream content, CancellationToken cancellation)
    {
        await requests.WriteAsync(
            new V1.AddArtefactRequest { Upload = UnsafeByteOperations.UnsafeWrap(
                JsonSerializer.SerializeToUtf8Bytes(upload, RedistributionJson.Options)) }, cancellation);
        var buffer = new byte[ChunkBytes];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
            await requests.WriteAsync(new V1.AddArtefactRequest { Chunk = ByteString.CopyFrom(buffer, 0, read) }, cancellation);
        await requests.CompleteAsync();
    }
}
