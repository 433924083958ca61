namespace Cloud.Hub.Tests.Operator;

/// <summary>What a person asks and gets no further with; it leaves the hub as it is.</summary>
public sealed class FleetQuestionTests(FleetTerminal terminal) : IClassFixture<FleetTerminal>
{
    [Fact]
    public async Task Devices_and_models_are_listed()
    {
        var (code, said) = await terminal.RunAsync("devices");
        Assert.True(code == 0, said);
        Assert.Contains("5 devices, 5 online", said, StringComparison.Ordinal);
        Assert.Contains("pump 1", said, StringComparison.Ordinal);
        Assert.Contains("pump 2", (await terminal.RunAsync("models")).Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kind 'thing' is none of model, rules", "artefacts", "list", "--kind", "thing")]
    [InlineData("there is no model 'nothing'", "rollout", "start", "nothing", "--reason", "x")]
    [InlineData("no device matches where site = moon", "rollout", "start", "pump", "--reason", "x", "--where", "site = moon")]
    [InlineData("where: at character 6: 'is' stands where =", "rollout", "start", "pump", "--reason", "x", "--where", "site is moon")]
    [InlineData("there is no gate 'lucky'; there are default, strict", "rollout", "start", "pump", "--reason", "x", "--gate", "lucky")]
    [InlineData("--group canary=few: must be NAME=COUNT", "rollout", "start", "pump", "--reason", "x", "--group", "canary=few")]
    [InlineData("the shares sum to 0.99, not to 1", "rollout", "start", "pump", "--reason", "x", "--group", "a=49%", "--group", "b=50%")]
    [InlineData("there is none called 'r-1'", "rollout", "explain", "r-1")]
    [InlineData("that is no http or https address (--hub localhost)", "models", "--hub", "localhost")]
    [InlineData("Option '--reason' is required.", "rollout", "start", "pump")]
    [InlineData("<device> is missing: Its id, unique in the fleet", "devices", "enrol", "north")]
    [InlineData("what belongs there: ./hmas devices enrol --help", "devices", "enrol", "north", "pump-1", "--fodler", "x")]
    [InlineData("nothing takes 'enroll'; did you mean enrol?", "devices", "enroll", "north", "pump-1")]
    [InlineData("nothing takes 'ack'; did you mean acknowledge?", "alarms", "ack", "a-1", "leak")]
    [InlineData("nothing takes '--fodler'; did you mean --folder?", "devices", "enrol", "north", "pump-1", "--fodler", "x")]
    [InlineData("nothing takes 'extra'", "fleet", "extra")]
    [InlineData("there is no operator's token at /nowhere/token: name its file with --token-file", "devices", "--token-file", "/nowhere/token")]
    public async Task What_cannot_be_done_is_said_in_one_line_with_exit_code_1(string reason, params string[] arguments)
    {
        var (code, said) = await terminal.RunAsync(arguments);
        Assert.Equal(1, code);
        Assert.Contains(reason, said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_named()
    {
        var (code, said) = await terminal.RunAsync("devices", "--hub", "http://127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.Contains("no hub answers there", said, StringComparison.Ordinal);
        Assert.Contains("Start one: ./hmas hub run", said, StringComparison.Ordinal);
        Assert.Contains("(--hub http://127.0.0.1:1)", said, StringComparison.Ordinal);
    }
}
