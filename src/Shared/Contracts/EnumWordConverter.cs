using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hmas.Contracts;

/// <summary>An enum as its word in JSON. Reads the word without regard to case, or the number of one.</summary>
/// <exception cref="JsonException">While reading: neither; the message names type and path.</exception>
/// <remarks>The framework's own converter also knows flags and naming policies, which costs a native program 15 KB for each enum.</remarks>
public sealed class EnumWordConverter<T> : JsonConverter<T>
    where T : struct, Enum
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var word = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        var number = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var read) ? read : (int?)null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (number is null ? value.ToString().Equals(word, StringComparison.OrdinalIgnoreCase) : value.ToString("D") == Text(number.Value))
                return value;
        }

        throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
