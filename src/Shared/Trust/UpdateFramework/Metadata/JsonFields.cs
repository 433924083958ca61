using System.Globalization;
using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Reads fields of untrusted JSON; whatever is not as stated is an <see cref="UpdateException"/> of
/// <see cref="UpdateReason.Format"/> that names the field.</summary>
internal static class JsonFields
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    public static JsonElement Object(JsonElement parent, string name) => Of(parent, name, JsonValueKind.Object);

    public static JsonElement Array(JsonElement parent, string name) => Of(parent, name, JsonValueKind.Array);

    public static string Text(JsonElement parent, string name) => TextOf(Of(parent, name, JsonValueKind.String));

    public static bool Flag(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.ValueKind == JsonValueKind.True
            : throw new UpdateException(UpdateReason.Format, $"'{name}' is missing or no boolean");

    /// <summary>An integer of at least <paramref name="min"/>, written as digits only: 1.0 and 1e0 are not.</summary>
    public static long Integer(JsonElement parent, string name, long min) =>
        Of(parent, name, JsonValueKind.Number).TryGetInt64(out var value) && value >= min
            ? value
            : throw new UpdateException(UpdateReason.Format, $"'{name}' is not an integer of at least {min}");

    /// <summary>UTC to the second, the one form of specification section 4.2.3.</summary>
    public static DateTimeOffset Time(JsonElement parent, string name)
    {
        var text = Text(parent, name);
        return DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new UpdateException(UpdateReason.Format, $"'{name}' is '{text}', not a time like 2030-01-31T23:59:59Z");
    }

    public static IReadOnlyList<string> Texts(JsonElement parent, string name) => [.. Array(parent, name).EnumerateArray().Select(TextOf)];

    public static string TextOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new UpdateException(UpdateReason.Format, $"a {value.ValueKind} stands where a text belongs");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // A lone surrogate or broken UTF-8: the parser looks at it only here.
            throw new UpdateException(UpdateReason.Format, "a text is not Unicode", e);
        }
    }

    public static string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new UpdateException(UpdateReason.Format, "a name is not Unicode", e);
        }
    }

    private static JsonElement Of(JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new UpdateException(UpdateReason.Format, $"'{name}' is missing or no {kind}");
}
