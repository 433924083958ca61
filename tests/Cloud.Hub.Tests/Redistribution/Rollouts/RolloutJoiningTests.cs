using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public sealed class RolloutJoiningTests
{
    [Fact]
    public void Who_joins_is_a_group_of_its_own_told_when_the_last_group_is_and_changes_no_other_group()
    {
        var scene = new RolloutScene(10);
        var planned = scene.Rollout.Groups.Select(static (_, index) => index).ToDictionary(static index => index, scene.DevicesOf);
        Join(scene, "new-1", "new-2");
        Assert.Equal("2 devices joined: new-1, new-2", scene.Rollout.Transitions[^1].Reason);
        Assert.Equal(["new-1", "new-2"], scene.DevicesOf(3));
        Assert.All(planned, pair => Assert.Equal(pair.Value, scene.DevicesOf(pair.Key)));
        Pass(scene, 0);
        Pass(scene, 1);
        Assert.DoesNotContain("new-1", scene.Told);
        scene.Look();
        scene.Look();
        Assert.Contains("new-1", scene.Told);
        // At 60 a minute the second one waits for a second.
        Assert.DoesNotContain("new-2", scene.Told);
        scene.Now += TimeSpan.FromSeconds(1);
        scene.Look();
        Assert.Contains("new-2", scene.Told);
        Assert.Equal(5, scene.Rollout.Groups[2].Evidence!.DevicesTold);
        Assert.Equal(2, scene.Rollout.Groups[3].Evidence!.DevicesTold);
    }

    [Fact]
    public void Nobody_who_joined_holds_the_rollout_up_and_who_was_not_told_is_counted()
    {
        var scene = new RolloutScene(10);
        Join(scene, "new-1", "new-2");
        for (var group = 0; group < 3; group++) Pass(scene, group);
        // new-1 was told with the last group and has said nothing.
        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        Assert.Equal("every group passed; not told by then: 1 device that joined", scene.Rollout.Transitions[^1].Reason);
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Held);
    }

    [Fact]
    public void What_a_joiner_shows_is_no_evidence_of_a_group_and_harm_that_joiners_show_takes_everybody_back()
    {
        var scene = new RolloutScene(10, RolloutScene.Gate(minimumWindows: 100_000));
        scene.Rollout = scene.Rollout with { Groups = [scene.Rollout.Groups[2]], Devices = [.. scene.Rollout.Devices.Select(
            static device => device with { Group = 0 })] };
        Join(scene, "new-1");
        scene.Look();
        scene.Look();
        scene.ObeyAll();
        scene.Work(0);
        scene.Evidence("new-1", RolloutScene.New, 5_000, 0, invalid: 5_000);
        scene.Look();
        Assert.Equal(2_000, scene.Rollout.Groups[0].Evidence!.Windows);
        Assert.Equal((RolloutState.Restoring, GateLimits.Invalid), (scene.Rollout.State, scene.Rollout.StoppedBy));
        Assert.True(scene.Rollout.IsHarmful);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.All(scene.Twins.Values, static twin => Assert.Equal(RolloutScene.Old, twin.ActiveDigest));
    }

    [Fact]
    public void Joining_twice_joins_once_and_who_leaves_before_it_is_told_holds_nobody_up()
    {
        var scene = new RolloutScene(2, adjust: static request => request with { Groups = [new("first", Count: 1), new("rest")] });
        var (first, last) = (scene.DevicesOf(0)[0], scene.DevicesOf(1)[0]);
        var before = scene.Rollout;
        var aim = new RolloutAim(scene.Twins.Keys.ToHashSet(), []);
        Assert.Same(before, RolloutJoining.Take(before, aim, scene.Now));

        scene.Twins.Remove(last);
        scene.Rollout = RolloutJoining.Take(before, aim with { Matching = scene.Twins.Keys.ToHashSet() }, scene.Now);
        var gone = scene.Rollout.Devices.Single(device => device.DeviceId == last);
        Assert.Equal((true, false, false), (gone.Left, gone.Held, gone.IsAwaited));
        Assert.StartsWith("not told", gone.ToView().Reason, StringComparison.Ordinal);
        Assert.Empty(RolloutHolds.Wants(scene.Rollout, scene.Rollout));
        // Told ones are watched on.
        scene.Look();
        Assert.Same(scene.Rollout, RolloutJoining.Take(scene.Rollout, aim with { Matching = new HashSet<string>() }, scene.Now));
        scene.Obey(first);
        scene.Look();
        scene.Work(0);
        scene.Look();
        scene.Look();
        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        Assert.Contains(scene.Rollout.Transitions, static move => move is { Group: "rest", To: GroupState.Passed, Reason: "none of its devices is left" });

        var allLeft = before with { Devices = [.. before.Devices.Select(static device => device with { Left = true, Held = false })] };
        var back = RolloutJoining.Take(
            allLeft, aim with { Matching = new HashSet<string> { first, last } }, scene.Now);
        Assert.All(back.Devices, static device => Assert.Equal((false, true), (device.Left, device.Held)));
    }

    [Fact]
    public void A_device_that_only_joined_is_nobodys_control()
    {
        var scene = new RolloutScene(3, adjust: static request => request with { Groups = [new("all")] });
        Join(scene, "new-1", "new-2");
        scene.Look();
        Assert.DoesNotContain("new-2", scene.Told);
        Assert.Null(scene.Control);
        var kept = new RolloutScene(10, adjust: static request => request with { ControlShare = 0.2 });
        Join(kept, "new-1");
        Assert.True(kept.Rollout.HasControlDevices);
        Assert.Equal(2, kept.Rollout.Devices.Count(kept.Rollout.IsCompared));
    }

    private static void Join(RolloutScene scene, params string[] devices)
    {
        foreach (var id in devices)
        {
            scene.Twins[id] = new DeviceSeen { DeviceId = id, Online = true, HasReported = true, ActiveDigest = RolloutScene.Old,
                DesiredDigest = RolloutScene.Old, IsUpToDate = true, SlotState = SlotState.Committed };
        }

        var joiners = devices.Select(static id => new Joiner(id, RolloutScene.Old)).ToList();
        scene.Rollout = RolloutJoining.Take(scene.Rollout, new RolloutAim(scene.Twins.Keys.ToHashSet(), joiners), scene.Now);
    }

    /// <summary>A group is told, does it, shows enough and passes.</summary>
    private static void Pass(RolloutScene scene, int group)
    {
        scene.Look();
        foreach (var device in scene.DevicesOf(group)) scene.Obey(device);
        scene.Look();
        scene.Work(group);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[group].State);
    }
}
