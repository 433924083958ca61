using Edge.Agent.Settings;
using Hmas.Testing;

namespace Edge.Tests.Settings;

/// <summary>Settings and rules that the hub brought, over the device's own file.</summary>
public sealed class InstallSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public InstallSettingsTests()
    {
        Directory.CreateDirectory(_folder.File("install"));
        File.WriteAllText(
            _folder.File("agent.yaml"),
            "device: { site: north, id: p }\nsensor: { kind: pump }\nexperience: { routineEvery: 20, alarmEvery: 3 }\nrules: { file: /etc/own.yaml }\n");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_an_install_brings_wins_over_the_file_and_the_rest_stays()
    {
        File.WriteAllText(_folder.File("install/settings.yaml"), "experience: { routineEvery: 7 }\n");
        File.WriteAllText(_folder.File("install/rules.yaml"), "version: 1\n");
        var settings = Load();
        Assert.Equal(
            (7, 3, _folder.File("install/rules.yaml"), "p"),
            (settings.Experience.RoutineEvery, settings.Experience.AlarmEvery, settings.Rules.File, settings.Device.Id));
    }

    [Theory]
    [InlineData("device: { id: another }", "device:id")]
    [InlineData("hub: { broker: 'mqtt://elsewhere' }", "hub:broker")]
    [InlineData("model: { trustedKeysFile: /tmp/keys }", "model:trustedKeysFile")]
    [InlineData("model: { package: /tmp/x }", "model:package")]
    public void An_install_cannot_change_who_the_device_is_and_whom_it_trusts(string brought, string key)
    {
        File.WriteAllText(_folder.File("install/settings.yaml"), brought + "\n");
        var error = Assert.Throws<SettingsException>(() => Load());
        Assert.Contains($"{key} is the device's own to say", error.Message, StringComparison.Ordinal);
    }

    private AgentSettings Load() =>
        SettingsLoader.Load(_folder.File("agent.yaml"), new Dictionary<string, string> { ["HMAS_INSTALL"] = _folder.File("install") }, []);
}
