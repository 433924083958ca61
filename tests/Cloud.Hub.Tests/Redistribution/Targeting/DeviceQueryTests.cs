using Cloud.Hub.Redistribution.Targeting;

namespace Cloud.Hub.Tests.Redistribution.Targeting;

public class DeviceQueryTests
{
    private static readonly Dictionary<string, string> Device = new()
    {
        ["site"] = "north", ["device"] = "pump-17", ["online"] = "true", ["agent"] = "1.10.2", ["hardware"] = "rpi4", ["tag.line"] = "bottling plant",
        ["tag.rank"] = "7",
    };

    [Theory]
    [InlineData("site = north", true)]
    [InlineData("site = \"north\"", true)]
    [InlineData("site = south", false)]
    [InlineData("site != south", true)]
    [InlineData("device = pump-*", true)]
    [InlineData("device = *1*", true)]
    [InlineData("device = p*p-1", false)]
    [InlineData("tag.line = \"bottling plant\"", true)]
    [InlineData("tag.line = \"bottling*\"", true)]
    [InlineData("hardware in (rpi5, rpi4)", true)]
    [InlineData("hardware in (rpi5)", false)]
    [InlineData("agent >= 1.9.0", true)]
    [InlineData("agent < 1.10", false)]
    [InlineData("agent < 1.11.0-rc1", true)]
    [InlineData("tag.rank > 10", false)]
    [InlineData("tag.rank <= 7.0", true)]
    [InlineData("tag.colour = red", false)]
    [InlineData("tag.colour != red", true)]
    [InlineData("tag.colour > a or not tag.colour = red", true)]
    [InlineData("site = south or site = north and online = false", false)]
    [InlineData("(site = south or site = north) and not online = false", true)]
    [InlineData("not not site = north", true)]
    [InlineData("NOT site = south AND Online = true", null)]
    public void A_query_matches_as_it_reads(string query, bool? matches)
    {
        if (matches is null) Assert.Throws<QueryException>(() => DeviceQuery.Parse(query));
        else Assert.Equal(matches, DeviceQuery.Parse(query).Matches(Device));
    }

    [Theory]
    [InlineData("", "at character 1: the query ends where one of site, device")]
    [InlineData("site", "at character 5: the query ends where =, !=")]
    [InlineData("site = ", "at character 8: the query ends where a value")]
    [InlineData("site = north or", "at character 16: the query ends")]
    [InlineData("site = north south", "at character 14: 'south' stands where and, or, or the end")]
    [InlineData("(site = north", "at character 14: the query ends where ')'")]
    [InlineData("site = north)", "at character 13: ')' stands where")]
    [InlineData("weight = 3", "at character 1: 'weight' stands where one of site")]
    [InlineData("tag. = 3", "at character 1: 'tag.' stands where one of site")]
    [InlineData("site = \"north", "at character 8: this quote is not closed")]
    [InlineData("site = north; drop", "at character 13: ';' begins nothing")]
    [InlineData("site in ()", "at character 10: ')' stands where a value")]
    [InlineData("site in (a b)", "at character 12: 'b' stands where ',' or ')'")]
    public void What_is_no_query_is_refused_with_its_place(string query, string problem) =>
        Assert.StartsWith(problem, Assert.Throws<QueryException>(() => DeviceQuery.Parse(query)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        Assert.Contains(
            "32 levels", Assert.Throws<QueryException>(() => DeviceQuery.Parse(new string('(', 1_000) + "site = a")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "2000 are allowed", Assert.Throws<QueryException>(() => DeviceQuery.Parse("site = " + new string('a', 2_000))).Message,
            StringComparison.Ordinal);
        Assert.True(DeviceQuery.Parse(string.Concat(Enumerable.Repeat("not ", 400)) + "site = north").Matches(Device));
    }

    /// <summary>However hostile the pattern, it is read in time that grows with both lengths only.</summary>
    [Fact]
    public void Stars_do_not_explode() =>
        Assert.False(AttributeComparison.Matches(new string('a', 20_000), string.Concat(Enumerable.Repeat("a*", 900)) + "b"));
}
