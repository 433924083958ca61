using System.Text.Json.Serialization;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Federated;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Hmas.Contracts;

/// <summary>Generated JSON of everything that crosses a process border as JSON: camel case, enums as
/// words, nulls left out, unknown members ignored.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(BundleManifest))]
[JsonSerializable(typeof(SlotReport))]
[JsonSerializable(typeof(ModelEvidence))]
[JsonSerializable(typeof(FactAck))]
[JsonSerializable(typeof(AlarmEvent))]
[JsonSerializable(typeof(ActionEvent))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(DesiredState))]
[JsonSerializable(typeof(ModelAssignment))]
[JsonSerializable(typeof(ReportedState))]
[JsonSerializable(typeof(Presence))]
[JsonSerializable(typeof(TelemetryBatch))]
[JsonSerializable(typeof(DeviceCommand))]
[JsonSerializable(typeof(CommandReply))]
[JsonSerializable(typeof(KeepNear))]
[JsonSerializable(typeof(HeadTask))]
[JsonSerializable(typeof(HeadUpdate))]
public sealed partial class ContractsJson : JsonSerializerContext;
