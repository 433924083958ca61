using System.Text.Json.Serialization;
using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Learning.Storage;

/// <summary>Generated JSON of a run as it stands in learning.db.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingRunView))]
[JsonSerializable(typeof(FitOutcome))]
[JsonSerializable(typeof(LabelQuestion))]
internal sealed partial class LearningJson : JsonSerializerContext;
