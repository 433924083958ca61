using System.Text.Json;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Reasoning.Sites;

/// <summary>What a site's agent is told of one of its devices, with the device's own number of it.</summary>
/// <param name="Alarm">Null: another run began, and with it every rule of the device anew.</param>
internal sealed record SiteFact(string DeviceId, long Epoch, long Sequence, AlarmEvent? Alarm)
{
    /// <summary>Null when the fact concerns no site's agent.</summary>
    /// <exception cref="JsonException">The document is not the contract's.</exception>
    public static SiteFact? Of(ArchivedFact stored) => stored.Fact.Kind switch
    {
        FactKind.RunStarted => new SiteFact(stored.DeviceId, stored.Epoch, stored.Fact.Sequence, null),
        FactKind.Alarm => new SiteFact(
            stored.DeviceId, stored.Epoch, stored.Fact.Sequence,
            JsonSerializer.Deserialize(stored.Fact.Payload.Span, ContractsJson.Default.AlarmEvent)
            ?? throw new JsonException("the document is null")),
        _ => null,
    };
}
