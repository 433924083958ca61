using System.Text.Json.Serialization;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Generated JSON of a fit's header.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FitHeader))]
internal sealed partial class FitJson : JsonSerializerContext;
