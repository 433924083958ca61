using Cloud.Hub.Memory.Contract;
using Google.Protobuf;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using V1 = Cloud.Hub.Memory.Contract.V1;

namespace Cloud.Hub.Memory.Endpoints;

/// <summary>Between the archive's records and their messages.</summary>
internal static class MemoryTranslation
{
    public static FactBatch FromWire(V1.FactBatch batch) => new(
        batch.SiteId, batch.DeviceId, batch.Epoch,
        [.. batch.Facts.Select(fact => new Fact(fact.Sequence, (FactKind)fact.Kind, fact.TimestampUs, fact.Payload.Memory))]);

    public static V1.Experience ToWire(ArchivedExperience experience) => new()
    {
        Id = experience.Id,
        SiteId = experience.SiteId,
        DeviceId = experience.DeviceId,
        Epoch = experience.Epoch,
        Sequence = experience.Sequence,
        Record = UnsafeByteOperations.UnsafeWrap(ExperienceCodec.Encode(experience.Record)),
    };

    public static V1.ArchivedFact ToWire(ArchivedFact archived) => new()
    {
        Id = archived.Id,
        SiteId = archived.SiteId,
        DeviceId = archived.DeviceId,
        Epoch = archived.Epoch,
        Fact = new V1.Fact
        {
            Sequence = archived.Fact.Sequence,
            Kind = (uint)archived.Fact.Kind,
            TimestampUs = archived.Fact.TimestampUs,
            Payload = UnsafeByteOperations.UnsafeWrap(archived.Fact.Payload),
        },
    };
}
