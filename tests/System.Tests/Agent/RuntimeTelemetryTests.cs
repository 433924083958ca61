using System.Globalization;
using System.Text;
using Hmas.Testing;
using Hmas.Trust;

namespace Hmas.System.Tests.Agent;

public sealed class RuntimeTelemetryTests
{
    [Fact]
    public async Task An_agent_that_has_run_a_model_leaves_no_telemetry_of_onnx_runtime_under_its_home()
    {
        using var home = new TempFolder();
        using var folder = new TempFolder();
        using var key = SigningKey.Create();
        await File.WriteAllBytesAsync(folder.File("first.hmas"), FixturePackage.Write(key, release: 1).Package);
        PublicKeyFile.Write(folder.File("keys.pem"), [key.PublicKey]);
        var rows = new StringBuilder("datetime;a;b\n");
        for (var i = 0; i < 100; i++)
            rows.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddSeconds(i):yyyy-MM-dd HH:mm:ss};{i % 7};{i % 5}\n");
        await File.WriteAllTextAsync(folder.File("a.csv"), rows.ToString());

        await File.WriteAllTextAsync(folder.File("agent.yaml"), $$"""
            device: { site: north, id: p, stateFolder: '{{folder.File("state")}}' }
            sensor: { kind: replay, replay: { files: ['{{folder.File("a.csv")}}'], speed: 0, columns: [{ column: a }, { column: b }] } }
            model: { trustedKeysFile: '{{folder.File("keys.pem")}}', package: '{{folder.File("first.hmas")}}' }
            decisionLog: { file: '{{folder.File("decisions.csv")}}' }
            """);
        var start = AgentProgram.Arguments("run", "--exit-at-end", "--settings", folder.File("agent.yaml"));
        start.Environment["HOME"] = home.Path;
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        start.Environment.Remove("XDG_CACHE_HOME");
        var (code, _, errors) = await AgentProgram.RunAsync(start);

        Assert.True(code == 0, errors);
        Assert.True((await File.ReadAllLinesAsync(folder.File("decisions.csv"))).Length > 50, errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
    }
}
