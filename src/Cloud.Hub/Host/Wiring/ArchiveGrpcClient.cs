using System.Runtime.CompilerServices;
using Cloud.Hub.Memory.Contract;
using Google.Protobuf;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using V1 = Cloud.Hub.Memory.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The archive's doors when Memory runs in another process.</summary>
internal sealed class ArchiveGrpcClient(V1.Memory.MemoryClient client) : IExperienceArchive, IFactArchive
{
    public async Task<AppendResult> AppendAsync(IReadOnlyList<FactBatch> batches, CancellationToken cancellation)
    {
        var request = new V1.AppendRequest();
        request.Batches.AddRange(batches.Select(ToWire));
        var reply = await client.AppendAsync(request, cancellationToken: cancellation);
        var stored = new List<FactBatch>(batches.Count);
        for (var i = 0; i < reply.Stored.Count; i++)
        {
            var isNew = reply.Stored[i].Sequences.ToHashSet();
            stored.Add(batches[i] with { Facts = [.. batches[i].Facts.Where(fact => isNew.Contains(fact.Sequence))] });
        }

        return new AppendResult(
            [.. reply.Acknowledgements.Select(static ack => new FactAck(ack.Epoch, ack.Sequence))], stored, reply.Repeats, reply.Gaps);
    }

    public async IAsyncEnumerable<ArchivedExperience> ReadAsync(ExperienceQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new V1.ReadRequest { AfterId = query.AfterId, Limit = query.Limit };
        if (query.SiteId is { } site) request.SiteId = site;
        if (query.DeviceId is { } device) request.DeviceId = device;
        if (query.RunId is { } run) request.RunId = run;
        if (query.FromUs is { } from) request.FromUs = from;
        if (query.ToUs is { } to) request.ToUs = to;
        if (query.BeforeId is { } before) request.BeforeId = before;
        if (query.Reasons is { } reasons) request.Reasons = (uint)reasons;
        using var call = client.Read(request, cancellationToken: cancellation);
        while (await call.ResponseStream.MoveNext(cancellation)) yield return FromWire(call.ResponseStream.Current);
    }

    public async Task<IReadOnlyList<ArchivedExperience>> SampleAsync(ReplayRequest request, CancellationToken cancellation)
    {
        using var call = client.Sample(
            new V1.SampleRequest { Count = request.Count, Prioritized = request.Prioritized, Seed = request.Seed, UpToId = request.UpToId },
            cancellationToken: cancellation);
        var drawn = new List<ArchivedExperience>();
        while (await call.ResponseStream.MoveNext(cancellation)) drawn.Add(FromWire(call.ResponseStream.Current));
        return drawn;
    }

    public async Task<ArchiveStatistics> StatisticsAsync(CancellationToken cancellation)
    {
        var reply = await client.StatisticsAsync(new V1.StatisticsRequest(), cancellationToken: cancellation);
        return new ArchiveStatistics(
            reply.Facts, reply.Experiences, reply.Repeats, reply.Gaps, reply.Evicted, reply.QuarantinedRecords, reply.Bytes,
            [.. reply.Devices.Select(static device => new DeviceArchive(
                device.SiteId, device.DeviceId, device.Epoch, device.Sequence, device.Experiences))]);
    }

    public async IAsyncEnumerable<ArchivedFact> ReadFactsAsync(FactQuery query, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new V1.ReadFactsRequest { AfterId = query.AfterId, Limit = query.Limit };
        if (query.Kind is { } kind) request.Kind = (uint)kind;
        using var call = client.ReadFacts(request, cancellationToken: cancellation);
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            var fact = call.ResponseStream.Current;
            yield return new ArchivedFact(
                fact.Id, fact.SiteId, fact.DeviceId, fact.Epoch,
                new Fact(fact.Fact.Sequence, (FactKind)fact.Fact.Kind, fact.Fact.TimestampUs, fact.Fact.Payload.Memory));
        }
    }

    public async Task<long> LastFactIdAsync(CancellationToken cancellation) =>
        (await client.LastFactAsync(new V1.LastFactRequest(), cancellationToken: cancellation)).Id;

    private static V1.FactBatch ToWire(FactBatch batch)
    {
        var message = new V1.FactBatch { SiteId = batch.SiteId, DeviceId = batch.DeviceId, Epoch = batch.Epoch };
        message.Facts.AddRange(batch.Facts.Select(static fact => new V1.Fact
        {
            Sequence = fact.Sequence, Kind = (uint)fact.Kind, TimestampUs = fact.TimestampUs, Payload = UnsafeByteOperations.UnsafeWrap(fact.Payload),
        }));
        return message;
    }

    private static ArchivedExperience FromWire(V1.Experience message) =>
        new(message.Id, message.SiteId, message.DeviceId, message.Epoch, message.Sequence, ExperienceCodec.Decode(message.Record.Span));
}
