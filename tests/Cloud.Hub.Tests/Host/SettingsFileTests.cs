using Cloud.Hub.Host;
using Cloud.Hub.Host.Settings;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Host;

public sealed class SettingsFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _path;

    public SettingsFileTests() => _path = _folder.File("hub.yaml");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("services: [memory, feedback]\nportOffset: 7\nports:\n  memory: 9000\n")]
    [InlineData("""{"services": ["memory", "feedback"], "portOffset": 7, "ports": {"memory": 9000}}""")]
    public void Yaml_and_json_say_the_same(string text)
    {
        var options = Load(text).Options;
        Assert.Equal(["memory", "feedback"], options.SelectedServices());
        Assert.Equal(7, options.PortOffset);
        Assert.Equal(9000, options.Ports["memory"]);
    }

    [Fact]
    public void The_command_line_wins_over_the_file()
    {
        File.WriteAllText(_path, "portOffset: 7\n");
        Assert.Equal(8, HubSettings.Load(_path, new Dictionary<string, string?> { ["PortOffset"] = "8" }, environment: false).Options.PortOffset);
    }

    [Theory]
    [InlineData("portOffset: 1\nportOfset: 2\n", ":2: there is no setting 'portOfset'; did you mean 'portOffset'?")]
    [InlineData("cluster:\n  redys: x\n", ":2: there is no setting 'cluster.redys'; did you mean 'cluster.redis'?")]
    [InlineData("completelyDifferentThing: 2\n", ":1: there is no setting 'completelyDifferentThing'")]
    [InlineData("- a\n- b\n", ":1: must be a mapping")]
    [InlineData("a: [1\n", ":2:")]
    [InlineData("data: a\nData: b\n", ":2: 'data' is set twice")]
    public void A_bad_file_is_refused_with_its_name_line_and_key(string text, string said)
    {
        var refusal = Assert.Throws<HubStartException>(() => Load(text));
        Assert.StartsWith(_path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(said, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(
            "/nowhere/hub.yaml",
            Assert.Throws<HubStartException>(() => HubSettings.Load("/nowhere/hub.yaml", new Dictionary<string, string?>(), false)).Message,
            StringComparison.Ordinal);

    private HubSettings Load(string text)
    {
        File.WriteAllText(_path, text);
        return HubSettings.Load(_path, new Dictionary<string, string?>(), environment: false);
    }
}
