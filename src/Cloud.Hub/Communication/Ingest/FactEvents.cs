using System.Text.Json;
using Cloud.Hub.Bus;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Communication.Ingest;

/// <summary>What a stored batch says on the bus: the batch, then each alarm, slot report and evidence in it.</summary>
internal static class FactEvents
{
    /// <summary>Tells what was stored; a fact whose document is not the contract's is counted.</summary>
    public static void Publish(EventBus bus, Rejections rejections, IReadOnlyList<FactBatch> stored)
    {
        foreach (var batch in stored.Where(static batch => batch.Facts.Count > 0))
        {
            foreach (var happened in Of(
                batch, (fact, why) => rejections.Count(RejectionReason.Malformed, batch.DeviceId, $"{fact.Kind} {fact.Sequence}: {why}")))
                bus.Publish(happened);
        }
    }

    /// <param name="unreadable">Called for a fact whose document is not the contract's; it stays in the archive.</param>
    public static IEnumerable<HubEvent> Of(FactBatch batch, Action<Fact, string> unreadable)
    {
        yield return new FactsStored(batch);
        foreach (var fact in batch.Facts)
        {
            if (Decode(batch, fact, unreadable) is { } happened) yield return happened;
        }
    }

    private static HubEvent? Decode(FactBatch batch, Fact fact, Action<Fact, string> unreadable)
    {
        try
        {
            return fact.Kind switch
            {
                FactKind.Alarm =>
                    new AlarmChanged(
                        batch.SiteId, batch.DeviceId, Require(JsonSerializer.Deserialize(fact.Payload.Span, ContractsJson.Default.AlarmEvent))),
                FactKind.SlotReport =>
                    new SlotReported(
                        batch.SiteId, batch.DeviceId, Require(JsonSerializer.Deserialize(fact.Payload.Span, ContractsJson.Default.SlotReport))),
                FactKind.Evidence =>
                    new EvidenceReported(
                        batch.SiteId, batch.DeviceId, Require(JsonSerializer.Deserialize(fact.Payload.Span, ContractsJson.Default.ModelEvidence))),
                _ => null,
            };
        }
        catch (JsonException failure)
        {
            unreadable(fact, failure.Message);
            return null;
        }
    }

    private static T Require<T>(T? document)
        where T : class => document ?? throw new JsonException("the document is null");
}
