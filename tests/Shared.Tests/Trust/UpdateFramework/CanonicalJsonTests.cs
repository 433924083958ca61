using System.Text;
using System.Text.Json;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Shared.Tests.Trust.UpdateFramework;

/// <summary>Expected forms are what python's <c>securesystemslib.formats.encode_canonical</c> gives.</summary>
public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("""{ "b" : 1, "a" : [ true, false, null ] }""", """{"a":[true,false,null],"b":1}""")]
    [InlineData("""{"a":"\u00e9 \ud83e\udd80 \\ \" \/ \u0041"}""", """{"a":"é 🦀 \\ \" / A"}""")]
    [InlineData("""{"B":1,"a":2,"":3,"A":4}""", """{"":3,"A":4,"B":1,"a":2}""")]
    [InlineData("[0, -0, -12, 123456789012345678901234567890]", "[0,0,-12,123456789012345678901234567890]")]
    [InlineData("{}", "{}")]
    public void The_form_is_the_one_that_was_signed(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Fact]
    public void Control_characters_stay_raw() => Assert.Equal("\"\n\t\u0001\"", Canonical("""
        "\n\t\u0001"
        """));

    [Fact]
    public void Names_sort_by_code_point_not_by_UTF16_unit()
    {
        // U+1F980 is two UTF-16 units that sort before U+FF5E; its code point sorts after.
        Assert.Equal("{\"～\":1,\"🦀\":2}", Canonical("""{"\ud83e\udd80":2,"\uff5e":1}"""));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("""{"a":0.5}""")]
    [InlineData("""
        "\ud800"
        """)]
    [InlineData("""{"\udc00":1}""")]
    public void What_has_no_form_is_refused(string json) =>
        Assert.Equal(UpdateReason.Format, Assert.Throws<UpdateException>(() => Canonical(json)).Reason);

    private static string Canonical(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Encoding.UTF8.GetString(CanonicalJson.Encode(document.RootElement));
    }
}
