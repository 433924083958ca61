using System.Text.Json;
using Hmas.Contracts;

namespace Shared.Tests.Contracts;

public sealed class EnumWordTests
{
    public static TheoryData<Type> EnumsInJson() =>
        [.. typeof(ContractsJson).Assembly.GetTypes().Where(type => type.IsEnum && ContractsJson.Default.GetTypeInfo(type) is not null)];

    [Theory]
    [MemberData(nameof(EnumsInJson))]
    public void Every_enum_that_crosses_a_border_goes_as_its_word_and_comes_back(Type type)
    {
        foreach (var value in Enum.GetValues(type))
        {
            var json = JsonSerializer.Serialize(value, type, ContractsJson.Default);
            Assert.Equal($"\"{value}\"", json);
            Assert.Equal(value, JsonSerializer.Deserialize(json, type, ContractsJson.Default));
            Assert.Equal(value, JsonSerializer.Deserialize(json.ToLowerInvariant(), type, ContractsJson.Default));
            Assert.Equal(
                value, JsonSerializer.Deserialize(
                    Convert.ToInt64(value, null).ToString(System.Globalization.CultureInfo.InvariantCulture), type, ContractsJson.Default));
        }
    }

    [Theory]
    [InlineData("\"Sideways\"")]
    [InlineData("99")]
    [InlineData("\"Active, Committed\"")]
    [InlineData("true")]
    [InlineData("null")]
    public void What_names_no_value_is_refused_with_type_and_place(string json)
    {
        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ContractsJson.Default.SlotState));
        Assert.Contains("SlotState", error.Message, StringComparison.Ordinal);
        Assert.Contains("Path: $", error.Message, StringComparison.Ordinal);
    }
}
