using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Devices that come to a real hub's fleet while a rollout runs.</summary>
public sealed class RolloutJoinTests
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Redistribution:JoinInterval"] = "00:00:00.030" };

    [Fact]
    public async Task Who_enrols_or_comes_to_match_joins_once_also_when_the_hub_restarts_and_gets_the_model_with_the_last_group()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 2, settings: Settings);
        var (old, next) = (scene.Releases[0], scene.Releases[1]);
        var request = RedistributionScene.Request(next.Digest) with { Where = "not tag.stage = test" };
        scene.Fleet.Add("moved", old.Digest);
        scene.Fleet.Report("moved", static reported => reported with { Tags = new Dictionary<string, string> { ["stage"] = "test" } });
        var id = (await scene.Rollouts.StartAsync(request, default)).RolloutId;
        await scene.ReachedAsync(id, GroupState.Observing);

        scene.Fleet.Add("late-1", old.Digest);
        scene.Fleet.Add("late-elsewhere", old.Digest, siteId: "elsewhere");
        scene.Fleet.Report("moved", static reported => reported with { Tags = new Dictionary<string, string>() });
        await scene.ShownAsync(id, static view => view.Groups is [_, _, _, { Devices.Count: 2 }]);
        await scene.RestartAsync(Settings);
        scene.Fleet.Add("late-2", old.Digest);
        await scene.ShownAsync(id, static view => view.Groups[^1].Devices.Count == 3);
        Assert.DoesNotContain(scene.Fleet.Assignments, static told => told.DeviceId.StartsWith("late", StringComparison.Ordinal));

        for (var group = 0; group < 3; group++)
        {
            if (group > 0) await scene.ReachedAsync(id, GroupState.Observing);
            if (group == 2) await scene.ShownAsync(id, static view => view.Groups[3].Devices.All(static device => device.Touched));
            await scene.WorkAsync(scene.Hub, id);
            await scene.ReachedAsync(id, GroupState.Passed);
        }

        await scene.ReachedAsync(id, RolloutState.Completed);
        var view = (await scene.Rollouts.FindAsync(id, default))!;
        Assert.Equal([1, 2, 3, 3], view.Groups.Select(static group => group.Devices.Count));
        Assert.Equal(["late-1", "moved", "late-2"], view.Groups[3].Devices.Select(static device => device.DeviceId));
        Assert.All(view.Groups[3].Devices, device => Assert.Equal(next.Digest, scene.Fleet[device.DeviceId].Reported!.ActiveDigest));
        Assert.Equal(9, scene.Fleet.Assignments.Count);
        Assert.Equal(old.Digest, scene.Fleet["late-elsewhere"].Reported!.ActiveDigest);

        await scene.Rollouts.CommandAsync(id, RolloutCommand.Restore, "op", default);
        await scene.ReachedAsync(id, RolloutState.Restored);
        Assert.All(view.Groups[3].Devices, device => Assert.Equal(old.Digest, scene.Fleet[device.DeviceId].Reported!.ActiveDigest));
    }

    [Fact]
    public async Task Who_is_retired_or_leaves_the_query_is_neither_told_nor_waited_for()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 6, releases: 2, settings: Settings);
        var next = scene.Releases[1];
        var view = await scene.Rollouts.StartAsync(
            RedistributionScene.Request(next.Digest) with { Where = "not tag.stage = test" }, default);
        await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
        var (retired, left) = (view.Groups[1].Devices[0].DeviceId, view.Groups[2].Devices[0].DeviceId);
        scene.Fleet.Retire(retired);
        scene.Fleet.Report(left, static reported => reported with { Tags = new Dictionary<string, string> { ["stage"] = "test" } });
        var store = scene.Hub.Get<RolloutStore>();
        await Eventually.HoldsAsync(() => store.Find(view.RolloutId)!.State.Devices.Count(static device => device.Left) == 2);
        for (var group = 0; group < 3; group++)
        {
            if (group > 0) await scene.ReachedAsync(view.RolloutId, GroupState.Observing);
            await scene.WorkAsync(scene.Hub, view.RolloutId);
            await scene.ReachedAsync(view.RolloutId, GroupState.Passed);
        }

        await scene.ReachedAsync(view.RolloutId, RolloutState.Completed);
        Assert.DoesNotContain(scene.Fleet.Assignments, told => told.DeviceId == left || told.DeviceId == retired);
    }

    [Fact]
    public async Task Who_joins_waits_for_the_rollout_of_higher_priority_that_has_it_and_for_the_window_of_its_site()
    {
        await using var scene = await RedistributionScene.BeginAsync(devices: 2, releases: 3, settings: Settings);
        var (old, urgent, next) = (scene.Releases[0], scene.Releases[1], scene.Releases[2]);
        var closed = TimeOnly.FromDateTime(DateTime.UnixEpoch.AddHours(TimeProvider.System.GetUtcNow().Hour + 12));
        var id = (await scene.Rollouts.StartAsync(
            RedistributionScene.Request(next.Digest) with
            {
                SiteId = null, Where = "not site = elsewhere", Groups = [new("all")],
                Windows = [new(new TimeOnly(0, 0), 1440, "Etc/UTC", "site"), new(closed, 1, "Etc/UTC", "north")],
            }, default)).RolloutId;
        await scene.ReachedAsync(id, GroupState.Observing);
        scene.Fleet.Add("urgent", old.Digest, siteId: "urgent");
        var first = await scene.Rollouts.StartAsync(
            RedistributionScene.Request(urgent.Digest) with { SiteId = null, DeviceIds = ["urgent"], Priority = 80, Groups = [new("all")] }, default);
        scene.Fleet.Move("urgent", "site");
        scene.Fleet.Add("north-1", old.Digest, siteId: "north");
        scene.Fleet.Add("nowhere-1", old.Digest, siteId: "nowhere");
        scene.Fleet.Add("free", old.Digest);
        var view = await scene.ShownAsync(id, static view => view is { WaitsFor.Count: 1, Groups: [_, { Devices.Count: 3 } joined] }
            && joined.Devices.Any(static device => device is { DeviceId: "free", Touched: true }));
        Assert.Equal([first.RolloutId], view.WaitsFor);
        Assert.Equal(["free", "north-1", "urgent"], view.Groups[1].Devices.Select(static device => device.DeviceId));
        Assert.DoesNotContain(scene.Fleet.Assignments, told => told.DeviceId is "north-1" or "nowhere-1");
        Assert.DoesNotContain(scene.Fleet.Assignments, told => told.DeviceId == "urgent" && told.Model?.Digest == next.Digest);
    }
}
