using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

/// <summary>A canary of ten devices of which few are there, and what others of its rare class do about that.</summary>
public class GroupReservesTests
{
    private const int Devices = 100;
    private const string Rare = "hardware=rare";

    [Fact]
    public void One_device_does_not_clear_its_slice_and_another_one_is_called()
    {
        var scene = Observing(rareThere: 1, away: 5);
        Live(scene, looks: 6);
        var called = Assert.Single(Called(scene));
        Assert.Equal((0, new ReserveCall(1, Rare, scene.Now)), (called.Group, called.Called));
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        Assert.Contains($"too few devices show {Rare}; called from later groups: {called.DeviceId}", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
        Assert.Equal($"called for {Rare}", scene.Rollout.ToView().Groups[0].Devices.Single(device => device.DeviceId == called.DeviceId).Reason);

        scene.Obey(called.DeviceId);
        Live(scene, looks: 4);
        Assert.Contains($"of 20 trials of {called.DeviceId}, called for {Rare}", Verdict(scene).Reason, StringComparison.Ordinal);
        Live(scene, looks: 2);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Single(Called(scene));
    }

    /// <summary>Alone it would have been taken for an ill machine, and the model for a good one.</summary>
    [Fact]
    public void What_is_bad_on_a_slice_of_one_device_is_stopped_before_the_next_group()
    {
        var scene = Observing(rareThere: 1, away: 5);
        for (var look = 0; look < 60 && scene.Rollout.StoppedBy is null; look++)
        {
            Live(scene, looks: 1, alarmsOfRare: 20);
            foreach (var device in Called(scene).ToList()) scene.Obey(device.DeviceId);
        }

        Assert.Equal((GateLimits.AlarmRate, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device is { Touched: true, Group: > 0 });
        Assert.InRange(scene.Rollout.Devices.Count(static device => device.Touched), 6, 10);
    }

    /// <summary>Who was there a minute ago comes back, and its place is not given away.</summary>
    [Fact]
    public void Nobody_is_called_for_one_that_has_just_gone()
    {
        var scene = Observing(rareThere: 1, away: 5);
        foreach (var (id, twin) in scene.Twins.ToList()) scene.Twins[id] = twin with { LastSeen = scene.Now };
        Live(scene, looks: 6);
        Assert.Empty(Called(scene));
    }

    [Fact]
    public void A_group_changes_no_more_devices_than_its_plan_has()
    {
        var scene = Observing(rareThere: 1, away: 0);
        Live(scene, looks: 6);
        Assert.Empty(Called(scene));
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Contains($"fewer than 2 devices have shown {Rare}", Passed(scene), StringComparison.Ordinal);
    }

    /// <summary>Whom a person put into a group by a query, or holds back by hand, is not touched before its time.</summary>
    [Theory]
    [InlineData("not hardware = any", false)]
    [InlineData(null, true)]
    public void Nobody_is_called_from_a_group_that_a_person_has_set_up(string? where, bool manual)
    {
        var scene = Observing(
            rareThere: 1, away: 5,
            request => request with { Groups = [new("canary", Count: 10), new("full", Where: where, Manual: manual), new("rest")] });
        Live(scene, looks: 6);
        Assert.DoesNotContain(Called(scene), static device => device.Called!.From == 1);
    }

    [Fact]
    public void One_that_stands_still_is_replaced_and_nobody_is_waited_for_longer_than_twice_the_maximum_wait()
    {
        var scene = Observing(rareThere: 1, away: 5);
        Live(scene, looks: 6);
        var first = Assert.Single(Called(scene));
        scene.Report(first.DeviceId, SlotState.Shadowing, RolloutScene.New, RolloutScene.Old);
        scene.Now += 1.01 * scene.Rollout.Request.Gate.MaximumWait;
        Live(scene, looks: 1);
        Assert.Equal(2, Called(scene).Count());
        scene.Now += scene.Rollout.Request.Gate.MaximumWait;
        Live(scene, looks: 1);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Contains($"fewer than 2 devices have shown {Rare}", Passed(scene), StringComparison.Ordinal);
    }

    /// <summary>Two of ten could not fetch the package, and neither could the reserve: two of ten is within a fifth.</summary>
    [Fact]
    public void A_reserve_that_cannot_get_the_package_either_does_not_make_too_many_of_the_few()
    {
        var scene = Observing(rareThere: 2, away: 0, undelivered: 2);
        for (var look = 0; look < 60 && scene.Rollout.Groups[0].State == GroupState.Observing; look++)
        {
            Live(scene, looks: 1);
            foreach (var device in Called(scene).Where(static device => device.State is null).ToList())
                scene.Report(device.DeviceId, SlotState.Refused, RolloutScene.New, RolloutScene.Old, "download");
            if (look > 10) scene.Now += TimeSpan.FromMinutes(5);
        }

        Assert.True(scene.Rollout.Groups[0].State == GroupState.Passed, scene.Rollout.Transitions[^1].Reason);
        Assert.InRange(Called(scene).Count(), 2, 10);
    }

    /// <summary>Two of the next group have gone to the one before: it is as silent as its plan is.</summary>
    [Fact]
    public void A_group_whose_devices_were_called_away_is_no_more_silent_for_it()
    {
        var scene = new RolloutScene(Devices, RolloutScene.Gate() with { MaximumSilentShare = 0.5 }).Observing();
        var stage = scene.DevicesOf(1);
        scene.Rollout = scene.Rollout with
        {
            Devices = [.. scene.Rollout.Devices.Select(device => device.DeviceId == stage[0] || device.DeviceId == stage[1]
                ? device with { Group = 0, Told = true, Called = new ReserveCall(1, Rare, scene.Now) } : device)],
        };
        scene.Look();
        scene.Obey(stage[0]);
        scene.Obey(stage[1]);
        scene.Work(0);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        scene.Look();
        // Eighteen of the thirty-eight that are left answer: with the two that were called that is half of forty.
        foreach (var device in scene.DevicesOf(1).Take(18)) scene.Obey(device);
        foreach (var device in scene.DevicesOf(1).Skip(18)) scene.Twins[device] = scene.Twins[device] with { Online = false };
        foreach (var device in scene.DevicesOf(1).Take(18)) scene.Evidence(device, RolloutScene.New, 200, 10);
        scene.Evidence(scene.Control!, RolloutScene.Old, 200, 10);
        scene.Look();
        Assert.True(scene.Rollout.Groups[1].State == GroupState.Passed, GroupEvaluation.Judge(scene.Rollout, 1, scene.Seen).Reason);
    }

    private static IEnumerable<DeviceState> Called(RolloutScene scene) => scene.Rollout.Devices.Where(static device => device.Called is not null);

    private static string Passed(RolloutScene scene) => scene.Rollout.Transitions.Last(static move => move.To == GroupState.Passed).Reason;

    private static GateVerdict Verdict(RolloutScene scene) => GroupEvaluation.Judge(scene.Rollout, 0, scene.Seen);

    /// <param name="rareThere">Devices of the canary of the rare class that are there; five of the others are of it too.</param>
    /// <param name="away">So many of the canary's are away from the beginning.</param>
    /// <param name="undelivered">So many of it, the rare first, cannot get the package.</param>
    private static RolloutScene Observing(int rareThere, int away, Func<RolloutRequest, RolloutRequest>? adjust = null, int undelivered = 0)
    {
        var scene = new RolloutScene(
            Devices, new GatePolicy(),
            adjust: request => (adjust ?? (static request => request with { Groups = [new("canary", 0.1), new("full", 0.9)] }))(request));
        var canary = scene.DevicesOf(0);
        var others = scene.Rollout.Devices.Where(static device => device.Group > 0).Take(5).Select(static device => device.DeviceId);
        var rares = canary.Take(rareThere).Concat(others).ToHashSet();
        foreach (var (id, twin) in scene.Twins)
            scene.Twins[id] = twin with { Slices = [rares.Contains(id) ? Rare : "hardware=common"] };
        foreach (var device in canary.TakeLast(away)) scene.Twins[device] = scene.Twins[device] with { Online = false };
        if (undelivered == 0) return scene.Observing();
        scene.Look();
        foreach (var device in canary.Take(undelivered)) scene.Report(device, SlotState.Refused, RolloutScene.New, RolloutScene.Old, "download");
        foreach (var device in canary.Skip(undelivered)) scene.Obey(device);
        scene.Look();
        return scene;
    }

    /// <summary>Forty windows of each device that is there, each look.</summary>
    private static void Live(RolloutScene scene, int looks, int alarmsOfRare = 2)
    {
        for (var look = 0; look < looks; look++)
        {
            foreach (var (id, twin) in scene.Twins.ToList())
            {
                if (!twin.Online) continue;
                var isNew = twin.ActiveDigest == RolloutScene.New;
                scene.Evidence(id, twin.ActiveDigest!, 40, isNew && twin.Slices.Contains(Rare) ? alarmsOfRare : 2);
            }

            scene.Look();
        }
    }
}
