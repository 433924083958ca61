using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.DirectDevices;

// Documents of hawkBit's Direct Device Integration API, version 1 (https://eclipse.dev/hawkbit/rest-api/ddi/).

internal sealed record DdiLink([property: JsonPropertyName("href")] string Href);

internal sealed record DdiBase(
    [property: JsonPropertyName("config")] DdiConfig Config, [property: JsonPropertyName("_links")] IReadOnlyDictionary<string, DdiLink> Links);

internal sealed record DdiConfig([property: JsonPropertyName("polling")] DdiPolling Polling);

/// <param name="Sleep"><c>HH:MM:SS</c>.</param>
internal sealed record DdiPolling([property: JsonPropertyName("sleep")] string Sleep);

internal sealed record DdiDeploymentBase(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("deployment")] DdiDeployment Deployment);

internal sealed record DdiDeployment(
    [property: JsonPropertyName("download")] string Download, [property: JsonPropertyName("update")] string Update,
    [property: JsonPropertyName("chunks")] IReadOnlyList<DdiChunk> Chunks);

internal sealed record DdiChunk(
    [property: JsonPropertyName("part")] string Part, [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("artifacts")] IReadOnlyList<DdiArtifact> Artifacts);

internal sealed record DdiArtifact(
    [property: JsonPropertyName("filename")] string FileName, [property: JsonPropertyName("hashes")] DdiHashes Hashes,
    [property: JsonPropertyName("size")] long Size,
    [property: JsonPropertyName("_links")] IReadOnlyDictionary<string, DdiLink> Links);

internal sealed record DdiHashes([property: JsonPropertyName("sha1")] string Sha1, [property: JsonPropertyName("sha256")] string Sha256);

internal sealed record DdiCancel([property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("cancelAction")] DdiStop CancelAction);

internal sealed record DdiStop([property: JsonPropertyName("stopId")] string StopId);

internal sealed record DdiFeedback([property: JsonPropertyName("status")] DdiStatus? Status);

internal sealed record DdiStatus(
    [property: JsonPropertyName("execution")] string? Execution, [property: JsonPropertyName("result")] DdiResult? Result,
    [property: JsonPropertyName("details")] IReadOnlyList<string>? Details);

internal sealed record DdiResult([property: JsonPropertyName("finished")] string? Finished);

internal sealed record DdiConfigData(
    [property: JsonPropertyName("mode")] string? Mode, [property: JsonPropertyName("data")] IReadOnlyDictionary<string, string>? Data);

/// <summary>Generated JSON of the protocol.</summary>
[JsonSerializable(typeof(DdiBase))]
[JsonSerializable(typeof(DdiDeploymentBase))]
[JsonSerializable(typeof(DdiCancel))]
[JsonSerializable(typeof(DdiFeedback))]
[JsonSerializable(typeof(DdiConfigData))]
internal sealed partial class DdiJson : JsonSerializerContext;
