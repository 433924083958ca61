using System.Text.Json.Serialization;

namespace Edge.Agent.Models;

/// <summary>Generated JSON of the device record, and of the files before it.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RecordDocument))]
[JsonSerializable(typeof(SlotsDocument))]
[JsonSerializable(typeof(Dictionary<string, long>))]
internal sealed partial class ModelsJson : JsonSerializerContext;
