using Edge.Agent.Settings;
using Hmas.Testing;

namespace Edge.Tests.Settings;

public sealed class SettingsLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Options_win_over_variables_and_variables_over_the_file()
    {
        var file = Write("agent.yaml", "device: { site: north, id: from-file, stateFolder: a }\nsensor: { kind: pump }\nhub: { batchFacts: 1 }\n");
        var settings = SettingsLoader.Load(
            file, new Dictionary<string, string> { ["HMAS_DEVICE__ID"] = "from-variable", ["HMAS_HUB__BATCHFACTS"] = "2",
                ["HMAS_DATA"] = "not ours" }, ["hub:batchFacts=3"]);
        Assert.Equal(("north", "from-variable", 3), (settings.Device.Site, settings.Device.Id, settings.Hub.BatchFacts));
    }

    [Fact]
    public void A_json_file_says_the_same_as_a_yaml_file()
    {
        var yaml = Load(
            Write("a.yaml",
                "device: { site: north, id: p }\nsensor: { kind: pump, pump: { rateHz: 2.5 } }\nactuators:\n  - { name: v, kind: simulated, part: valve }\n"));
        var json = Load(
            Write("a.json",
                """{"device":{"site":"north","id":"p"},"sensor":{"kind":"pump","pump":{"rateHz":2.5}},"actuators":[{"name":"v","kind":"simulated","part":"valve"}]}"""));
        Assert.Equal((yaml.Sensor.Pump!.RateHz, yaml.Actuators[0].Part), (json.Sensor.Pump!.RateHz, json.Actuators[0].Part));
    }

    [Theory]
    [InlineData("sensor: { kind: pump, pmup: { rateHz: 1 } }", "sensor:pmup:rateHz is not a setting; did you mean sensor:pump:rateHz?")]
    [InlineData("sensor: { kind: modbus }", "sensor:kind 'modbus' is none of replay, pump, motor, iio, hwmon")]
    [InlineData("sensor: { kind: pump, replay: { folder: x } }", "sensor:replay stands beside sensor:kind pump")]
    [InlineData("sensor: { kind: iio }", "sensor:kind iio needs the section sensor:iio")]
    [InlineData("sensor: { kind: iio, iio: { rateHz: 1 } }", "sensor:iio: device must name the driver or the folder")]
    [InlineData("sensor: { kind: hwmon, hwmon: { device: a, rateHz: 0 } }", "sensor:hwmon: rateHz 0 must be above 0")]
    [InlineData("sensor: { kind: pump, pump: { rateHz: fast } }", "sensor:pump:rateHz")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: file }]", "'a' of kind file needs file")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: gpio }]", "'a' of kind gpio needs line")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: gpio, line: -1 }]", "line and chip of 'a' must not be negative")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: log, line: 3 }]", "'a' of kind log takes no line")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: simulated, part: door }]", "part 'door' of 'a' is none of valve, motor")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: simulated, safe: 2 }]", "safe 2 of 'a' must lie between 0 and 1")]
    [InlineData(
        "sensor: { kind: hwmon, hwmon: { device: a } }\nactuators: [{ name: a, kind: simulated, part: valve }]",
        "part 'valve' of 'a' needs sensor:kind pump, it is hwmon")]
    [InlineData("sensor: { kind: pump }\nactuators: [{ name: a, kind: log }, { name: a, kind: log }]", "name 'a' stands twice")]
    [InlineData("sensor: { kind: pump }\nhub: { passwordFile: p }", "need hub:broker")]
    [InlineData(
        "sensor: { kind: pump }\nhub: { broker: 'mqtt://hub.example' }",
        "hub:broker 'mqtt://hub.example' would send the device's password in the clear; use mqtts://, or mqtt:// on loopback")]
    [InlineData(
        "sensor: { kind: pump }\nhub: { broker: 'mqtts://h', batchFacts: 200, windowFacts: 100 }", "hub:batchFacts 200 is above hub:windowFacts 100")]
    [InlineData("sensor: { kind: pump }\nlog: { level: loud }", "log:level")]
    [InlineData("sensor: { kind: pump }\nmodel: { package: p }", "model:package needs model:trustedKeysFile")]
    [InlineData("sensor: { kind: pump }\npipeline: { windowLength: 0 }", "pipeline: Length")]
    [InlineData("sensor: [", "agent.yaml, line")]
    public void A_setting_that_cannot_be_used_is_named_with_file_and_reason(string sections, string reason)
    {
        var file = Write("agent.yaml", $"device: {{ site: north, id: p }}\n{sections}\n");
        var error = Assert.Throws<SettingsException>(() => Load(file));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void All_problems_are_told_at_once()
    {
        var error = Assert.Throws<SettingsException>(() => Load(Write("agent.yaml", "device: { site: North, id: p_1 }\nsensor: { kind: x }\n")));
        Assert.Equal(3, error.Problems.Count);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var path = _folder.File("none.yaml");
        Assert.Contains(path, Assert.Throws<SettingsException>(() => Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent.yaml")]
    [InlineData("board.yaml")]
    public void The_samples_of_deploy_are_settings(string sample) =>
        Assert.NotEmpty(Load(Path.Combine(Repository.Root, "deploy", "edge", sample)).Actuators);

    public void Dispose() => _folder.Dispose();

    private static AgentSettings Load(string file) => SettingsLoader.Load(file, new Dictionary<string, string>(), []);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder.File(name), text);
        return _folder.File(name);
    }
}
