using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>A rollout of a real hub that stays open once its groups have passed.</summary>
public sealed class ContinuousRolloutTests
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Redistribution:JoinInterval"] = "00:00:00.030" };

    [Fact]
    public async Task Who_comes_after_every_group_has_passed_gets_it_also_from_a_hub_that_was_started_again()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 2, settings: Settings);
        var (old, next) = (scene.Releases[0], scene.Releases[1]);
        var id = await OpenAsync(scene, next.Digest);
        scene.Fleet.Add("late-1", old.Digest);
        await scene.ShownAsync(id, view => view.Groups is [_, { Devices: [{ DeviceId: "late-1", State: SlotState.Committed }] }]);
        await scene.RestartAsync(Settings);
        scene.Fleet.Add("late-2", old.Digest);
        scene.Fleet.Add("no-model");
        var view = await scene.ShownAsync(
            id,
            static view => view.Groups[1].Devices is { Count: 3 } joined && joined.All(static device => device.State == SlotState.Committed));
        Assert.Equal((RolloutState.Running, true), (view.State, view.OpenSince is not null));
        Assert.Equal(3, view.Groups[0].Devices.Count);
        Assert.All(view.Groups[1].Devices, device => Assert.Equal(next.Digest, scene.Fleet[device.DeviceId].Reported!.ActiveDigest));
        Assert.Equal(6, scene.Fleet.Assignments.Count);
        Assert.Single(view.Transitions, static move => move.Reason == "every group passed; it stays open for devices that join");

        // Out of its registry for good: whoever has it goes back.
        await scene.Hub.Get<IModelQuarantine>().QuarantineAsync(next.Digest, "because", default);
        await scene.ShownAsync(id, static view => view.State == RolloutState.Restored);
        Assert.Equal((old.Digest, null), (scene.Fleet["late-2"].Reported!.ActiveDigest, scene.Fleet["no-model"].Reported!.ActiveDigest));
    }

    [Fact]
    public async Task A_later_rollout_of_the_same_aim_gets_its_devices_and_takes_its_place_once_it_has_completed()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 3, settings: Settings);
        var (next, newest) = (scene.Releases[1], scene.Releases[2]);
        var id = await OpenAsync(scene, next.Digest);
        var elsewhere = await scene.Rollouts.StartAsync(
            RedistributionScene.Request(newest.Digest) with { SiteId = "elsewhere", Groups = [new("all")] }, default);
        await PassAsync(scene, elsewhere.RolloutId, "all");
        await scene.ShownAsync(elsewhere.RolloutId, static view => view.State == RolloutState.Completed);

        var later = await scene.Rollouts.StartAsync(RedistributionScene.Request(newest.Digest) with { Groups = [new("all")] }, default);
        Assert.Empty(later.WaitsFor);
        Assert.Null((await scene.Rollouts.FindAsync(id, default))!.EndedAt);
        await PassAsync(scene, later.RolloutId, "all");
        var view = await scene.ShownAsync(id, static view => view.EndedAt is not null);
        Assert.Equal(
            (RolloutState.Completed, $"rollout {later.RolloutId} has taken its place"), (view.State, view.Transitions[^1].Reason));
        for (var i = 0; i < 3; i++) Assert.Equal(newest.Digest, scene.Fleet[$"d{i}"].Reported!.ActiveDigest);
    }

    [Fact]
    public async Task Three_in_a_row_that_do_not_take_it_pause_it_until_a_person_lets_it_go_on()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 3, releases: 2, settings: Settings);
        var (old, next) = (scene.Releases[0], scene.Releases[1]);
        var id = await OpenAsync(scene, next.Digest);
        scene.Fleet.Assigned = device => scene.Fleet.Refuse(device, SlotState.Refused, "download");
        for (var i = 1; i <= 3; i++)
        {
            var late = $"late-{i}";
            scene.Fleet.Add(late, old.Digest);
            await scene.ShownAsync(id, _ => scene.Fleet.Assignments.Any(told => told.DeviceId == late));
        }

        var paused = await scene.ShownAsync(id, static view => view.State == RolloutState.Paused);
        for (var i = 4; i <= 5; i++) scene.Fleet.Add($"late-{i}", old.Digest);
        Assert.Equal(
            "3 devices that joined, one after the other, did not take it: late-3 (download), late-2 (download), late-1 (download)",
            paused.Transitions[^1].Reason);
        Assert.DoesNotContain(scene.Fleet.Assignments, static told => told.DeviceId is "late-4" or "late-5");

        scene.Fleet.Assigned = scene.Fleet.Obey;
        await scene.Rollouts.CommandAsync(id, RolloutCommand.Resume, "op", default);
        await scene.ShownAsync(id, static view => view.Groups[1].Devices.Count(static device => device.Touched) == 2);
        Assert.Equal(next.Digest, scene.Fleet["late-5"].Reported!.ActiveDigest);
        Assert.Equal(RolloutState.Cancelled, (await scene.Rollouts.CommandAsync(id, RolloutCommand.Cancel, "op", default))!.State);
    }

    [Fact]
    public async Task One_that_names_its_devices_cannot_stay_open()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 1, releases: 2);
        var request = RedistributionScene.Request(scene.Releases[1].Digest) with { Continuous = true, DeviceIds = ["d0"] };
        var refused = await Assert.ThrowsAsync<RolloutRefusedException>(() => scene.Rollouts.StartAsync(request, default));
        Assert.StartsWith("continuous: with deviceIds", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<RolloutRefusedException>(
            () => scene.Rollouts.StartAsync(request with { Continuous = false, Groups = [new("joined")] }, default));
        Assert.StartsWith("groups: 'joined' is the name", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A continuous rollout whose only group has passed.</summary>
    private static async Task<string> OpenAsync(RedistributionScene scene, string digest)
    {
        var id = (await scene.Rollouts.StartAsync(
            RedistributionScene.Request(digest) with { Continuous = true, Groups = [new("all")] }, default)).RolloutId;
        await PassAsync(scene, id, "all");
        await scene.ShownAsync(id, static view => view.OpenSince is not null);
        return id;
    }

    private static async Task PassAsync(RedistributionScene scene, string id, string group)
    {
        await scene.ShownAsync(id, view => view.Groups.Any(known => known.Name == group && known.State == GroupState.Observing));
        // A hundred windows of one device with nothing to compare with are too few to be within the model's promise.
        for (var report = 0; report < 3; report++) await scene.WorkAsync(scene.Hub, id);
        await scene.ShownAsync(id, view => view.Groups.Any(known => known.Name == group && known.State == GroupState.Passed));
    }
}
