using System.Diagnostics;
using Hmas.Testing;
using Shared.Tests.Trust.UpdateFramework.Conformance;
using Xunit.Abstractions;

namespace Hmas.System.Tests;

/// <summary>The published update client, killed while the repository changes beneath it: keys rotate,
/// versions are taken back, roles and targets are new each time.</summary>
public sealed class UpdateClientKillTests(ITestOutputHelper output)
{
    private const int Rounds = 200;

    [Fact]
    public async Task After_a_kill_at_any_request_the_next_update_works()
    {
        var seed = Seed.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var bench = new Bench(UpdateClientProgram.Client);
        await bench.InitAsync();
        var repository = bench.Repository;
        repository.Delegate("targets", "models", ["models/*"]);
        var kills = 0;
        for (var round = 0; round < Rounds; round++)
        {
            Change(repository, round);
            if (await KillAsync(bench, atRequest: random.Next(1, 8), spinsAfterReply: random.Next(3) == 0 ? null : random.Next(100_000))) kills++;
            var exitCode = await bench.DownloadAsync("models/a");
            Assert.True(exitCode == 0, $"round {round}: the update after the kill ended with {exitCode}");
            Assert.Equal([$"model {round}"], bench.Downloaded());
            foreach (var role in new[] { "root", "timestamp", "snapshot", "targets", "models" })
                Assert.True(repository.Published[role][^1].AsSpan().SequenceEqual(bench.Trusted(role)), $"round {round}: {role} is not the newest");
        }

        output.WriteLine($"{kills} of {Rounds} updates killed on their way");
        Assert.True(kills > Rounds / 2, $"only {kills} were killed");
    }

    private static void Change(SimulatedRepository repository, int round)
    {
        repository.AddTarget("models", "models/a", global::System.Text.Encoding.UTF8.GetBytes($"model {round}"));
        if (round % 3 == 1)
        {
            // As after a fast-forward attack: new online keys, and versions that begin anew.
            repository.RotateKeys("timestamp");
            repository.RotateKeys("snapshot");
            repository.Content["timestamp"]["version"] = 0;
        }

        repository.Publish("root", "models", "targets", "snapshot", "timestamp");
    }

    /// <param name="spinsAfterReply">How long after the reply to that request the kill comes, up to a
    /// millisecond or so; null: instead of the reply.</param>
    /// <returns>Whether the program was still running when the kill came.</returns>
    private static async Task<bool> KillAsync(Bench bench, int atRequest, int? spinsAfterReply)
    {
        var start = new ProcessStartInfo(UpdateClientProgram.Path,
        [
            "--metadata-dir", bench.MetadataFolder, "--metadata-url", bench.MetadataUrl,
            "--target-name", "models/a", "--target-dir", bench.TargetFolder, "--target-base-url", bench.TargetUrl, "download",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var program = new Process { StartInfo = start };
        using var started = new ManualResetEventSlim();
        var done = Task.CompletedTask;
        var requests = 0;
        bench.Answer = path =>
        {
            started.Wait();
            var reply = Reply.Of(bench.Repository.Fetch(path));
            if (Interlocked.Increment(ref requests) != atRequest) return reply;
            if (spinsAfterReply is not { } spins)
            {
                program.Kill();
                return reply;
            }

            var replied = new TaskCompletionSource();
            done = replied.Task;
            return reply with
            {
                WriteAsync = async (stream, cancellation) =>
                {
                    try
                    {
                        await reply.WriteAsync(stream, cancellation);
                        // Somewhere while the client takes, judges and keeps the file.
                        Thread.SpinWait(spins);
                        program.Kill();
                    }
                    finally
                    {
                        replied.SetResult();
                    }
                },
            };
        };
        program.Start();
        started.Set();
        await program.WaitForExitAsync();
        bench.Answer = path => Reply.Of(bench.Repository.Fetch(path));
        await done.InTimeAsync();
        return program.ExitCode == 128 + 9;
    }
}
