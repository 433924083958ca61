using System.Text.Json.Serialization;
using Edge.Agent.Sync.Downlink;

namespace Edge.Agent.Sync;

/// <summary>Generated JSON of this folder's files.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RememberedReply[]))]
internal sealed partial class SyncJson : JsonSerializerContext;
