using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>A gate by its name, or member by member.</summary>
internal sealed class GatePolicyConverter(JsonSerializerOptions members) : JsonConverter<GatePolicy>
{
    private const int MaxName = 80;

    public override GatePolicy? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) return JsonSerializer.Deserialize<GatePolicy>(ref reader, members);
        var name = reader.GetString()!;
        return GatePolicy.Named(name)
            ?? throw new JsonException($"there is no gate '{(name.Length > MaxName ? name[..MaxName] + "…" : name)}'; there are {string.Join(", ", GatePolicy.Names)}");
    }

    public override void Write(Utf8JsonWriter writer, GatePolicy value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value, members);
}
