using System.Runtime.CompilerServices;
using System.Text.Json;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>What devices say of their models, read where it is durable. A rollout takes in facts of
/// all devices: those outside it are its control.</summary>
internal sealed class RolloutFacts(IFactArchive archive, ILogger<RolloutFacts> logger)
{
    /// <summary>Everything stored after a fact, in the order of the commits.</summary>
    /// <param name="afterId">Of the last fact taken in; 0: from the beginning.</param>
    /// <returns>Each fact's id, and what it says; null when that does not concern rollouts.</returns>
    public async IAsyncEnumerable<(long Id, RolloutFact? Fact)> AfterAsync(long afterId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // All kinds in one read: a slot report and the evidence that follows it keep their order.
        await foreach (var fact in archive.ReadFactsAsync(new FactQuery { AfterId = afterId }, cancellation)) yield return (fact.Id, Parse(fact));
    }

    private RolloutFact? Parse(ArchivedFact archived)
    {
        var payload = archived.Fact.Payload.Span;
        var kind = archived.Fact.Kind;
        try
        {
            return kind switch
            {
                FactKind.SlotReport =>
                    new RolloutFact(archived.DeviceId, JsonSerializer.Deserialize(payload, ContractsJson.Default.SlotReport), null),
                FactKind.Evidence =>
                    new RolloutFact(archived.DeviceId, null, JsonSerializer.Deserialize(payload, ContractsJson.Default.ModelEvidence)),
                _ => null,
            };
        }
        catch (JsonException error)
        {
            logger.RolloutFactUnreadable(archived.Id, archived.DeviceId, kind, error.Message);
            return null;
        }
    }
}
