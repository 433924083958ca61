using System.Collections.Concurrent;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>The bytes a second that all rollouts of a running hub share.</summary>
public sealed class SharedBandwidthTests
{
    private const int Devices = 16;

    /// <summary>Packages a second, of both rollouts together.</summary>
    private const int Rate = 10;

    [Fact]
    public async Task Two_rollouts_together_tell_no_more_devices_than_can_fetch_at_the_rate_and_both_tell_all()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 0, releases: 2);
        var bytes = scene.Releases[1].PackageBytes;
        await scene.RestartAsync(new Dictionary<string, string?> { ["Redistribution:BytesPerSecond"] = $"{Rate * bytes}" });
        for (var i = 0; i < Devices; i++)
        {
            scene.Fleet.Add($"a{i}", scene.Releases[0].Digest, siteId: "a");
            scene.Fleet.Add($"b{i}", scene.Releases[0].Digest, siteId: "b");
        }

        var time = TimeProvider.System;
        var told = new ConcurrentQueue<TimeSpan>();
        var start = time.GetTimestamp();
        using var all = new SemaphoreSlim(0);
        scene.Fleet.Assigned = device =>
        {
            told.Enqueue(time.GetElapsedTime(start));
            scene.Fleet.Obey(device);
            all.Release();
        };
        foreach (var site in new[] { "a", "b" })
        {
            await scene.Rollouts.StartAsync(
                RedistributionScene.Request(scene.Releases[1].Digest) with { SiteId = site, Groups = [new("all")] }, default);
        }

        for (var i = 0; i < 2 * Devices; i++) Assert.True(await all.WaitAsync(Eventually.Limit), $"only {i} of {2 * Devices} were told");
        var at = told.ToList();
        for (var i = 0; i < at.Count; i++)
        {
            // A second's worth may be saved up, and one more package be told on credit.
            var most = Rate + 1 + (Rate * at[i].TotalSeconds);
            Assert.True(i + 1 <= most, $"{i + 1} devices were told within {at[i].TotalSeconds:0.000} s, allowed are {most:0.0}");
        }

        Assert.Equal(["a", "b"], scene.Fleet.Assignments.Select(static told => told.DeviceId[..1]).Distinct().Order());
    }
}
