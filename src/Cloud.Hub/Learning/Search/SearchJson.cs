using System.Text.Json.Serialization;

namespace Cloud.Hub.Learning.Search;

/// <summary>Generated JSON of a study file.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StudySettings))]
[JsonSerializable(typeof(IReadOnlyList<double>))]
internal sealed partial class SearchJson : JsonSerializerContext;
