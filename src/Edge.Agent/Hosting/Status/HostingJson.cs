using System.Text.Json.Serialization;

namespace Edge.Agent.Hosting.Status;

/// <summary>Generated JSON of the status socket and the totals file.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(Totals))]
internal sealed partial class HostingJson : JsonSerializerContext;
