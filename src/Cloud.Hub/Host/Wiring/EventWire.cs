using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cloud.Hub.Bus;
using Google.Protobuf;
using V1 = Cloud.Hub.Bus.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Bus events as messages, both ways, and in which service each happens.</summary>
internal static class EventWire
{
    private static readonly FrozenDictionary<string, (Type Type, string Service)> Events = new (Type Type, string Service)[]
    {
        (typeof(FactsStored), HubServices.Communication),
        (typeof(TelemetryReceived), HubServices.Communication),
        (typeof(PresenceChanged), HubServices.Communication),
        (typeof(ReportedStateChanged), HubServices.Communication),
        (typeof(AlarmChanged), HubServices.Communication),
        (typeof(SlotReported), HubServices.Communication),
        (typeof(EvidenceReported), HubServices.Communication),
        (typeof(LabelsAdded), HubServices.Feedback),
        (typeof(TrainingProgressed), HubServices.Learning),
        (typeof(ModelRegistered), HubServices.Redistribution),
        (typeof(RolloutTransitioned), HubServices.Redistribution),
        (typeof(AgentDecided), HubServices.Reasoning),
    }.ToFrozenDictionary(static known => known.Type.Name);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Services in which something happens that others may want to know.</summary>
    public static IReadOnlySet<string> Services { get; } = Events.Values.Select(static known => known.Service).ToHashSet();

    public static string ServiceOf(HubEvent happened) => Events[happened.GetType().Name].Service;

    public static V1.Event ToWire(HubEvent happened) => new()
    {
        Type = happened.GetType().Name,
        Json = UnsafeByteOperations.UnsafeWrap(JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), Json)),
    };

    /// <summary>Null when a newer hub knows an event that this one does not.</summary>
    /// <exception cref="JsonException">It is known, and not what it should be.</exception>
    public static HubEvent? FromWire(V1.Event message) =>
        Events.TryGetValue(message.Type, out var known) ? (HubEvent?)JsonSerializer.Deserialize(message.Json.Span, known.Type, Json) : null;
}
