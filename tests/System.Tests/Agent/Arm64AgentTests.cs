using System.Globalization;
using System.Text;
using Hmas.Testing;

namespace Hmas.System.Tests.Agent;

/// <summary>The agent published for arm64, under qemu: does it load and answer? Nothing of its speed or memory shows here.</summary>
public sealed class Arm64AgentTests : IDisposable
{
    private const int Rows = 50;
    private readonly TempFolder _folder = new();

    [Arm64AgentFact]
    public async Task The_agent_for_arm64_senses_decides_acts_and_stores()
    {
        var rows = new StringBuilder("datetime;x\n");
        for (var i = 0; i < Rows; i++)
            rows.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddSeconds(i):yyyy-MM-dd HH:mm:ss};{i}\n");
        await File.WriteAllTextAsync(_folder.File("a.csv"), rows.ToString());
        await File.WriteAllTextAsync(
            _folder.File("rules.yaml"),
            "version: 1\nrules:\n  - id: high\n    when: { channel: x, above: 40 }\n    action: { actuator: act, command: write }\n");
        await File.WriteAllTextAsync(_folder.File("agent.yaml"), $$"""
            device: { site: north, id: p, stateFolder: '{{_folder.File("state")}}' }
            sensor: { kind: replay, replay: { files: ['{{_folder.File("a.csv")}}'], speed: 0, columns: [{ column: x }] } }
            rules: { file: '{{_folder.File("rules.yaml")}}' }
            actuators: [{ name: act, kind: file, file: '{{_folder.File("acts.jsonl")}}' }]
            """);
        var log = await RunAsync("run", "--exit-at-end", "--settings", _folder.File("agent.yaml"));
        Assert.Contains($"stream has ended after {Rows} frames", log, StringComparison.Ordinal);
        Assert.Contains("\"rule\":\"high\"", await File.ReadAllTextAsync(_folder.File("acts.jsonl")), StringComparison.Ordinal);
        // The second start finds what the first stored: the run's events, the alarm and the action.
        Assert.Matches("Outbox open: epoch [0-9]+, produced [4-9]", await RunAsync("run", "--exit-at-end", "--settings", _folder.File("agent.yaml")));
    }

    public void Dispose() => _folder.Dispose();

    private async Task<string> RunAsync(params string[] arguments)
    {
        // .NET and ONNX Runtime read the processor's features here, and qemu-user shows the host's file.
        await File.WriteAllTextAsync(
            _folder.File("cpuinfo"),
            "processor\t: 0\nFeatures\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n");
        var script =
            $"mount --bind '{_folder.File("cpuinfo")}' /proc/cpuinfo && exec {Arm64AgentFactAttribute.Emulator} -L {Arm64AgentFactAttribute.Libraries} \"$@\"";
        return (await Tool.RunAsync("unshare", ["-m", "sh", "-c", script, "sh", Arm64AgentFactAttribute.Program, .. arguments])).Error;
    }
}
