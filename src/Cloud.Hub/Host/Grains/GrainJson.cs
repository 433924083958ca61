using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;

namespace Cloud.Hub.Host.Grains;

/// <summary>Grain state and the arguments of grain calls as JSON: readable in the store, tolerant of added fields.</summary>
internal sealed class GrainJson : IGrainStorageSerializer
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Our own records travel as JSON; the rest as Orleans does it.</summary>
    public static bool Carries(Type type) =>
        !type.IsInterface && type.Namespace is { } space
        && (space.StartsWith("Hmas.", StringComparison.Ordinal) || space.StartsWith("Cloud.Hub.", StringComparison.Ordinal))
        && !typeof(Exception).IsAssignableFrom(type) && !typeof(IAddressable).IsAssignableFrom(type);

    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, Options));

    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input.ToMemory().Span, Options)!;
}
