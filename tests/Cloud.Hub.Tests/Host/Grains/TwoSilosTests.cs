using System.Diagnostics;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Host.Grains;

public class TwoSilosTests
{
    [Fact]
    public async Task A_rollout_goes_on_in_the_other_hub_when_one_of_two_on_redis_crashes()
    {
        if (!File.Exists("/usr/bin/redis-server")) return;    // Debian package redis-server
        var port = FreePorts.One();
        using var redis = Process.Start(new ProcessStartInfo("/usr/bin/redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        try
        {
            while (await redis.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
            }

            await RunAsync(new Dictionary<string, string?> { ["Cluster:Redis"] = $"127.0.0.1:{port}" });
        }
        finally
        {
            redis.Kill();
            await redis.WaitForExitAsync();
        }
    }

    private static async Task RunAsync(Dictionary<string, string?> settings)
    {
        await using var scene = new RedistributionScene();
        await using var first = await scene.StartAsync(settings: settings);
        await using var second = await scene.StartAsync(settings: settings);    // the same folder: the registry is shared, grains live in Redis
        var (old, next) = (await RedistributionScene.AddModelAsync(second, 1), await RedistributionScene.AddModelAsync(second, 2));
        scene.AddDevices(6, old.Digest);
        var view = await first.Get<IRollouts>().StartAsync(RedistributionScene.Request(next.Digest), CancellationToken.None);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        await scene.WorkAsync(second, view.RolloutId);
        await scene.ReachedAsync(view.RolloutId, GroupState.Passed);
        await first.CrashAsync();

        for (var group = 1; group < 3; group++)
        {
            await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
            await scene.WorkAsync(second, view.RolloutId);
        }

        await scene.ReachedAsync(view.RolloutId, RolloutState.Completed);
        for (var i = 0; i < 6; i++) Assert.Equal(next.Digest, scene.Fleet[$"d{i}"].Reported!.ActiveDigest);
    }
}
