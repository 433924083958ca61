using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Planning;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public class GroupPlannerTests
{
    [Fact]
    public void The_canaries_cover_every_slice_before_any_gets_a_second_one()
    {
        var devices = Enumerable.Range(0, 97).Select(i => Device($"big-{i}", true, "big")).Append(Device("a", true, "a"))
            .Append(Device("b", true, "b")).Append(Device("c", false, "c")).ToList();
        var canaries = GroupPlanner.Plan(Request(1) with { Groups = [new("canary", Count: 3), new("rest")] }, devices).Groups[0].Devices;
        Assert.Equal(["a", "b", "big"], canaries.Select(static device => device.Split('-')[0]).Order());
    }

    [Fact]
    public void Groups_by_count_query_and_share_leave_the_rest_to_the_last()
    {
        var devices = Enumerable.Range(0, 100).Select(i => Device($"d{i}", true, "s", ("site", i < 30 ? "north" : "south"))).ToList();
        var plan = GroupPlanner.Plan(
            Request(1) with { Groups = [new("canary", Count: 5), new("north", Where: "site = north"), new("half", 0.5), new("rest")] }, devices);
        Assert.Equal(["canary", "north", "half", "rest"], plan.Groups.Select(static group => group.Name));
        Assert.Equal(5, plan.Groups[0].Devices.Count);
        Assert.All(
            plan.Groups[1].Devices, static device => Assert.True(int.Parse(device[1..], System.Globalization.CultureInfo.InvariantCulture) < 30));
        Assert.Equal(50, plan.Groups[2].Devices.Count);
        Assert.DoesNotContain(
            plan.Groups.Skip(2).SelectMany(static group => group.Devices),
            static device => int.Parse(device[1..], System.Globalization.CultureInfo.InvariantCulture) < 30);
        Assert.Equal(100, plan.Groups.Sum(static group => group.Devices.Count));
    }

    [Fact]
    public void A_tenth_stays_for_comparison_online_and_offline_as_the_others_are()
    {
        var devices = Enumerable.Range(0, 100).Select(i => Device($"d{i}", i % 2 == 0, "s")).ToList();
        var control = GroupPlanner.Plan(Request(1, control: 0.1), devices).Control;
        Assert.Equal(10, control.Count);
        Assert.Equal(5, control.Count(id => devices.Single(device => device.DeviceId == id).Online));
    }

    [Fact]
    public void A_query_that_matches_nobody_makes_no_group()
    {
        var plan = GroupPlanner.Plan(Request(1) with { Groups = [new("nobody", Where: "site = moon"), new("rest")] }, [Device("d", true, "s")]);
        Assert.Equal("rest", Assert.Single(plan.Groups).Name);
    }

    [Theory]
    [InlineData("groups: 0 is outside 1 to 32")]
    [InlineData("groups: the shares sum to 0.99, not to 1", "a:0.5", "b:0.49")]
    [InlineData("groups: the shares sum to 1.5, above 1", "a:0.9", "b:0.6", "c")]
    [InlineData("groups: 'a' has a share of 0, outside 0 to 1", "a:0", "b:1")]
    [InlineData("groups: 'a' has a count of 0, not positive", "a#0", "b")]
    [InlineData("groups: 'a' takes all the rest, but is not the last", "a", "b:0.5")]
    [InlineData("groups: beside counts and queries the last group must take all the rest, or some devices would be in none", "a:0.5", "b#3")]
    [InlineData("groups: beside counts and queries the last group must take all the rest, or some devices would be in none", "a#3", "b:0.5")]
    [InlineData("groups: a name stands twice", "a:0.5", "a:0.5")]
    [InlineData("groups: 'A b' is no name", "A b:1")]
    [InlineData("groups: 'a' where: at character 8: the query ends where a value must stand", "a?site = ", "b")]
    public void A_plan_that_leaves_devices_out_or_makes_no_sense_is_refused(string fault, params string[] groups) =>
        Assert.Equal(fault, GroupPlanner.Fault(Request(1) with { Groups = [.. groups.Select(Group)] }));

    [Fact]
    public void Control_pace_and_query_have_their_limits()
    {
        Assert.StartsWith("controlShare: 0.6", GroupPlanner.Fault(Request(1, control: 0.6)), StringComparison.Ordinal);
        Assert.StartsWith("pace: 0 devices a minute", GroupPlanner.Fault(Request(1) with { Pace = new RolloutPace(0) }), StringComparison.Ordinal);
        Assert.StartsWith(
            "where: at character 1: 'colour' stands where one of site", GroupPlanner.Fault(Request(1) with { Where = "colour = red" }),
            StringComparison.Ordinal);
        Assert.Null(GroupPlanner.Fault(Request(1, control: 0.1) with { Pace = new RolloutPace(5, 2, 10), Where = "site = north" }));
    }

    internal static Candidate Device(string id, bool online, string slice, params (string Name, string Value)[] attributes) =>
        new(id, online, slice, attributes.ToDictionary(static pair => pair.Name, static pair => pair.Value, StringComparer.Ordinal));

    internal static RolloutRequest Request(int seed, double control = 0) =>
        new() { Digest = $"sha256:{seed}", RequestedBy = "test", Reason = "because", ControlShare = control };

    /// <summary>name:share, name#count, name?query, or a name alone.</summary>
    private static GroupPlan Group(string text) => text.IndexOfAny([':', '#', '?']) is var at && at < 0 ? new GroupPlan(text) : text[at] switch
    {
        ':' => new GroupPlan(text[..at], double.Parse(text[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture)),
        '#' => new GroupPlan(text[..at], Count: int.Parse(text[(at + 1)..], System.Globalization.CultureInfo.InvariantCulture)),
        _ => new GroupPlan(text[..at], Where: text[(at + 1)..]),
    };
}
