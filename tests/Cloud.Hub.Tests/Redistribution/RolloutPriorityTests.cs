using System.Net.Http.Json;
using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Two rollouts that want the same device.</summary>
public sealed class RolloutPriorityTests
{
    [Fact]
    public async Task Of_two_rollouts_of_one_priority_the_younger_waits_for_the_device_and_says_for_whom()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 2, answering: false);
        var (next, other, rollouts) = (scene.Releases[0], scene.Releases[1], scene.Rollouts);
        var first = await rollouts.StartAsync(RedistributionScene.Request(next.Digest) with { DeviceIds = ["d1"] }, default);

        using var client = scene.Hub.Http(HubServices.Redistribution);
        using var started = await client.PostAsJsonAsync(
            "/rollouts", RedistributionScene.Request(other.Digest) with { DeviceIds = ["d1"] }, RedistributionJson.Options);
        var second = (await started.Content.ReadFromJsonAsync<RolloutView>(RedistributionJson.Options))!;
        Assert.Equal([first.RolloutId], second.WaitsFor);
        Assert.Equal($"waits for 1 device in other rollouts: 1 in {first.RolloutId} (priority 50)", second.Transitions[^1].Reason);
        await scene.ReachedAsync(first.RolloutId, GroupState.Observing);
        Assert.DoesNotContain(scene.Fleet.Assignments, told => told.Model?.Digest == other.Digest);

        await rollouts.CommandAsync(first.RolloutId, RolloutCommand.Cancel, "op", default);
        await scene.ReachedAsync(second.RolloutId, GroupState.Observing);
        Assert.Empty((await rollouts.FindAsync(second.RolloutId, default))!.WaitsFor);
        Assert.Equal(other.Digest, scene.Fleet["d1"].Reported!.ActiveDigest);
    }

    [Fact]
    public async Task A_rollout_of_higher_priority_takes_what_a_lower_one_has_not_told_and_the_lower_one_goes_on_after_it()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 3);
        var (next, urgent, rollouts) = (scene.Releases[1], scene.Releases[2], scene.Rollouts);
        var low = await rollouts.StartAsync(RedistributionScene.Request(next.Digest), default);
        await scene.ReachedAsync(low.RolloutId, GroupState.Observing);
        string[] both = [.. low.Groups[2].Devices.Take(2).Select(static device => device.DeviceId)];

        var high = await rollouts.StartAsync(
            RedistributionScene.Request(urgent.Digest) with { Priority = 80, DeviceIds = both, Groups = [new("all")] }, default);
        Assert.Empty(high.WaitsFor);
        await scene.ReachedAsync(high.RolloutId, GroupState.Observing);
        Assert.All(both, id => Assert.Equal(urgent.Digest, scene.Fleet[id].Reported!.ActiveDigest));
        Assert.Contains(
            (await rollouts.FindAsync(low.RolloutId, default))!.Transitions,
            move => move.Reason == $"2 devices given to rollout {high.RolloutId}, of higher priority");

        await rollouts.CommandAsync(high.RolloutId, RolloutCommand.Cancel, "op", default);
        for (var group = 0; group < 3; group++)
        {
            if (group > 0) await scene.ReachedAsync(low.RolloutId, GroupState.Observing);
            await scene.WorkAsync(scene.Hub, low.RolloutId);
            await scene.ReachedAsync(low.RolloutId, GroupState.Passed);
        }

        await scene.ReachedAsync(low.RolloutId, RolloutState.Completed);
        Assert.All(both, id => Assert.Equal(next.Digest, scene.Fleet[id].Reported!.ActiveDigest));
    }
}
