using System.Diagnostics;
using System.Globalization;
using System.Text;
using Edge.Tests.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Edge.Tests.Hosting;

public sealed class RuntimeTelemetryTests
{
    [Fact]
    public async Task An_agent_that_has_run_a_model_leaves_no_telemetry_of_onnx_runtime_under_its_home()
    {
        using var home = new TempFolder();
        using var folder = new TempFolder();
        using var key = SigningKey.Create();
        await using var rig = new UpdaterRig(folder.Path, key);
        PublicKeyFile.Write(folder.File("keys.pem"), [key.PublicKey]);
        var rows = new StringBuilder("datetime;a;b\n");
        for (var i = 0; i < 100; i++) rows.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddSeconds(i):yyyy-MM-dd HH:mm:ss};{i % 7};{i % 5}\n");
        await File.WriteAllTextAsync(folder.File("a.csv"), rows.ToString());

        await File.WriteAllTextAsync(folder.File("agent.yaml"), $$"""
            device: { site: north, id: p, stateFolder: '{{folder.File("state")}}' }
            sensor: { kind: replay, replay: { files: ['{{folder.File("a.csv")}}'], speed: 0, columns: [{ column: a }, { column: b }] } }
            model: { trustedKeysFile: '{{folder.File("keys.pem")}}', package: '{{rig.PathOf(rig.Offer(release: 1).Digest)}}' }
            decisionLog: { file: '{{folder.File("decisions.csv")}}' }
            """);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hmas-agent.dll"), "run", "--exit-at-end", "--settings", folder.File("agent.yaml")])
        {
            RedirectStandardError = true,
            Environment = { ["HOME"] = home.Path, ["DOTNET_CLI_HOME"] = folder.Path },
        };
        start.Environment.Remove("ORT_DISABLE_TELEMETRY");
        start.Environment.Remove("XDG_CACHE_HOME");
        using var agent = Process.Start(start) ?? throw new InvalidOperationException("The agent did not start.");
        var errors = await agent.StandardError.ReadToEndAsync();
        await agent.WaitForExitAsync();

        Assert.True(agent.ExitCode == 0, errors);
        Assert.True((await File.ReadAllLinesAsync(folder.File("decisions.csv"))).Length > 50, errors);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
    }
}
