using System.Globalization;
using Hmas.Testing;
using Xunit.Abstractions;

namespace Shared.Tests.Storage;

public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 30;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_acknowledged_row_is_lost_when_the_writer_is_killed()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var path = _folder.File("kill.db");
        var acknowledged = new HashSet<long>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = new ChildProgram(["store-write", path]);
            var after = random.Next(300);
            for (var read = 0; await child.ReadLineAsync(limit.Token) is { } line; read++)
            {
                Assert.StartsWith("ack ", line, StringComparison.Ordinal);
                acknowledged.Add(long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
                if (read == after) child.Kill();
            }

            await child.ExitAsync(limit.Token);
            Assert.NotEqual(0, await child.ExitAsync(limit.Token));
        }

        await StoreJudge.RequireAsync(path, acknowledged, $"seed {seed}");
        output.WriteLine($"{Kills} kills, {acknowledged.Count} acknowledged rows, all there");
    }

    [StraceFact]
    public async Task A_failed_fsync_acknowledges_nothing_and_names_the_reason()
    {
        var path = _folder.File("fsync.db");
        var acknowledged = new HashSet<long>();
        var failures = new List<string>();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        using (var child = new ChildProgram(
            ["store-write", path], "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e",
            "inject=fsync,fdatasync:error=EIO:when=40+"))
        {
            while (await child.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("ack ", StringComparison.Ordinal)) acknowledged.Add(long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
                else failures.Add(line);
            }

            Assert.Equal(3, await child.ExitAsync(limit.Token));
        }

        Assert.Equal(["fail Io"], failures);
        Assert.NotEmpty(acknowledged);
        await StoreJudge.RequireAsync(path, acknowledged, "fsync");
    }
}
