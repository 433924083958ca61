using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hmas.Testing;
using Hmas.Trust;

namespace Hmas.System.Tests.Agent;

/// <summary>The agent as a program on a disk of its own that is too small for its outbox.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Rows = 6000;
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    [FactWithMounts]
    public async Task On_a_full_disk_the_ladder_goes_on_and_the_store_is_whole_when_there_is_room_again()
    {
        var recording = new StringBuilder("datetime;a;b\n");
        for (var i = 0; i < Rows; i++)
            recording.Append(CultureInfo.InvariantCulture, $"{new DateTime(2020, 1, 1).AddSeconds(i):yyyy-MM-dd HH:mm:ss};{i % 17};{i % 5}\n");
        await File.WriteAllTextAsync(_folder.File("a.csv"), recording.ToString());
        PublicKeyFile.Write(_folder.File("keys.pem"), [_key.PublicKey]);
        await File.WriteAllBytesAsync(_folder.File("first.hmas"), FixturePackage.Write(_key, release: 1).Package);
        var state = Directory.CreateDirectory(_folder.File("state")).FullName;
        await File.WriteAllTextAsync(_folder.File("agent.yaml"), $$"""
            device: { site: north, id: p, stateFolder: '{{state}}' }
            sensor: { kind: replay, replay: { files: ['{{_folder.File("a.csv")}}'], speed: 0, columns: [{ column: a }, { column: b }] } }
            model: { trustedKeysFile: '{{_folder.File("keys.pem")}}', package: '{{_folder.File("first.hmas")}}' }
            experience: { routineEvery: 1 }
            outbox: { queueCapacity: 8192 }
            decisionLog: { file: '{{state}}/decisions.csv' }
            """);
        var run = $"'{AgentProgram.Program}' run --exit-at-end --settings '{_folder.File("agent.yaml")}'";
        var script =
            $"mount -t tmpfs -o size=512k tmpfs '{state}' && {run}; echo \"first $?\" >&2; cat '{state}/decisions.csv' >&2; echo end >&2; mount -o remount,size=64m '{state}' && {run}; echo \"second $?\" >&2";
        var start = new ProcessStartInfo("unshare", ["-r", "-m", "sh", "-c", script]);
        var log = (await Tool.TryAsync(start)).Error;

        var (first, second) = (log[..log.IndexOf("first ", StringComparison.Ordinal)], log[log.IndexOf("first ", StringComparison.Ordinal)..]);
        Assert.Contains("The disk does not take facts (DiskFull)", first, StringComparison.Ordinal);
        Assert.Contains("the decision log is not available", first, StringComparison.Ordinal);
        Assert.Contains($"stream has ended after {Rows} frames", first, StringComparison.Ordinal);
        Assert.True(second.StartsWith("first 0", StringComparison.Ordinal), first);
        // Of the decision log there are whole lines only.
        var lines = second[..second.IndexOf("end\n", StringComparison.Ordinal)].Split('\n')[1..^1];
        Assert.InRange(lines.Length, 1, Rows);
        Assert.All(lines, static line => Assert.Equal(7, line.Count(static letter => letter == ',')));
        // What was stored before the disk was full is there, in the same epoch, and more is taken.
        Assert.Matches("Outbox open: epoch [0-9]+, produced [1-9][0-9]*, acknowledged 0, evicted in all 0", second);
        Assert.DoesNotContain("The disk does not take facts", second, StringComparison.Ordinal);
        Assert.Contains("second 0", second, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }
}
