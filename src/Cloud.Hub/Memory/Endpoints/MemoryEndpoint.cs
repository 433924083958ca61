using Cloud.Hub.Memory.Contract;
using Grpc.Core;
using Hmas.Contracts.Facts;
using V1 = Cloud.Hub.Memory.Contract.V1;

namespace Cloud.Hub.Memory.Endpoints;

/// <summary>Serves the archive's doors over gRPC: parses, calls, translates.</summary>
internal sealed class MemoryEndpoint(IExperienceArchive archive, IFactArchive facts) : V1.Memory.MemoryBase
{
    public override async Task<V1.AppendReply> Append(V1.AppendRequest request, ServerCallContext context)
    {
        var result = await archive.AppendAsync([.. request.Batches.Select(MemoryTranslation.FromWire)], context.CancellationToken);
        var reply = new V1.AppendReply { Repeats = result.Repeats, Gaps = result.Gaps };
        foreach (var ack in result.Acknowledgements)
            reply.Acknowledgements.Add(new V1.Acknowledgement { Epoch = ack.Epoch, Sequence = ack.Sequence });
        foreach (var stored in result.Stored)
        {
            var sequences = new V1.StoredSequences();
            sequences.Sequences.AddRange(stored.Facts.Select(fact => fact.Sequence));
            reply.Stored.Add(sequences);
        }

        return reply;
    }

    public override async Task Read(V1.ReadRequest request, IServerStreamWriter<V1.Experience> responseStream, ServerCallContext context)
    {
        var query = new ExperienceQuery
        {
            SiteId = request.HasSiteId ? request.SiteId : null,
            DeviceId = request.HasDeviceId ? request.DeviceId : null,
            RunId = request.HasRunId ? request.RunId : null,
            FromUs = request.HasFromUs ? request.FromUs : null,
            ToUs = request.HasToUs ? request.ToUs : null,
            Reasons = request.HasReasons ? (ExperienceReasons)request.Reasons : null,
            AfterId = request.AfterId,
            BeforeId = request.HasBeforeId ? request.BeforeId : null,
            Limit = request.Limit <= 0 ? int.MaxValue : request.Limit,
        };
        await foreach (var experience in archive.ReadAsync(query, context.CancellationToken))
            await responseStream.WriteAsync(MemoryTranslation.ToWire(experience), context.CancellationToken);
    }

    public override async Task ReadFacts(V1.ReadFactsRequest request, IServerStreamWriter<V1.ArchivedFact> responseStream, ServerCallContext context)
    {
        var query = new FactQuery
        {
            Kind = request.HasKind ? (FactKind)request.Kind : null,
            AfterId = request.AfterId,
            Limit = request.Limit <= 0 ? int.MaxValue : request.Limit,
        };
        await foreach (var fact in facts.ReadFactsAsync(query, context.CancellationToken))
            await responseStream.WriteAsync(MemoryTranslation.ToWire(fact), context.CancellationToken);
    }

    public override async Task<V1.LastFactReply> LastFact(V1.LastFactRequest request, ServerCallContext context) =>
        new() { Id = await facts.LastFactIdAsync(context.CancellationToken) };

    public override async Task Sample(V1.SampleRequest request, IServerStreamWriter<V1.Experience> responseStream, ServerCallContext context)
    {
        if (request.Count < 0) throw new RpcException(new Status(StatusCode.InvalidArgument, $"count {request.Count} is negative"));
        var draw = new ReplayRequest(request.Count, request.Prioritized, request.Seed, request.HasUpToId ? request.UpToId : long.MaxValue);
        foreach (var experience in await archive.SampleAsync(draw, context.CancellationToken))
            await responseStream.WriteAsync(MemoryTranslation.ToWire(experience), context.CancellationToken);
    }

    public override async Task<V1.StatisticsReply> Statistics(V1.StatisticsRequest request, ServerCallContext context)
    {
        var found = await archive.StatisticsAsync(context.CancellationToken);
        var reply = new V1.StatisticsReply
        {
            Facts = found.Facts,
            Experiences = found.Experiences,
            Repeats = found.Repeats,
            Gaps = found.Gaps,
            Evicted = found.Evicted,
            QuarantinedRecords = found.QuarantinedRecords,
            Bytes = found.Bytes,
        };
        reply.Devices.AddRange(found.Devices.Select(device => new V1.DeviceArchive
        {
            SiteId = device.SiteId,
            DeviceId = device.DeviceId,
            Epoch = device.Epoch,
            Sequence = device.Sequence,
            Experiences = device.Experiences,
        }));
        return reply;
    }
}
