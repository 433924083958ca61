using System.Text.Json.Serialization;

namespace Edge.Agent.Models;

/// <summary>Generated JSON of the slots file.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(SlotsDocument))]
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class ModelsJson : JsonSerializerContext;
