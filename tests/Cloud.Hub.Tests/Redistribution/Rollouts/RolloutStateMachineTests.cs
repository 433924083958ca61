using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>The way of a rollout from its beginning to its end, and what people order.</summary>
public class RolloutStateMachineTests
{
    [Fact]
    public void Groups_go_one_after_the_other_and_the_rollout_completes()
    {
        var scene = new RolloutScene(10);
        foreach (var (group, size) in ((int, int)[])[(0, 1), (1, 4), (2, 5)])
        {
            Assert.Equal(size, scene.Look().Count);
            scene.Look();
            Assert.Equal(GroupState.Deploying, scene.Rollout.Groups[group].State);
            scene.ObeyAll();
            scene.Look();
            Assert.Equal(GroupState.Observing, scene.Rollout.Groups[group].State);
            scene.Work(group);
            Assert.Empty(scene.Look());
            Assert.Equal(GroupState.Passed, scene.Rollout.Groups[group].State);
        }

        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        Assert.Null(scene.Rollout.StoppedBy);
        Assert.All(
            scene.Rollout.Transitions.Where(static transition => transition.To == GroupState.Passed),
            static transition => Assert.NotNull(transition.Evidence));
    }

    [Fact]
    public void Looking_twice_at_the_same_fleet_changes_nothing_the_second_time()
    {
        var scene = new RolloutScene(10).Observing();
        var before = scene.Rollout;
        Assert.Empty(scene.Look());
        Assert.Same(before, scene.Rollout);
    }

    [Fact]
    public void The_next_group_is_told_in_the_look_in_which_one_passes()
    {
        var scene = new RolloutScene(10).Observing();
        scene.Work(0);
        var next = RolloutStateMachine.AdvanceGroups(scene.Rollout, scene.Seen);
        Assert.Equal(
            [GroupState.Passed, GroupState.Deploying, GroupState.Waiting], next.Groups.Select(static group => group.State));
        Assert.Equal(4, RolloutStateMachine.Wanted(next, scene.Seen).Count(model => scene.DevicesOf(1).Contains(model.DeviceId)));
    }

    [Fact]
    public void A_rollout_that_begins_later_holds_nobody_until_then()
    {
        var scene = new RolloutScene(3, adjust: static request => request with { NotBefore = DateTimeOffset.UnixEpoch.AddDays(300) });
        scene.Look();
        Assert.Equal(RolloutState.Scheduled, scene.Rollout.State);
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Held);
        scene.Now += TimeSpan.FromDays(300);
        scene.Look();
        Assert.Equal(RolloutState.Running, scene.Rollout.State);
        Assert.All(scene.Rollout.Devices, static device => Assert.True(device.Held));
    }

    [Fact]
    public void A_rollout_that_needs_approval_waits_for_somebody_else_than_who_asked_and_holds_nobody_meanwhile()
    {
        var scene = new RolloutScene(2, adjust: static request => request with { NeedsApproval = true });
        Assert.Empty(scene.Look());
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Held);
        Assert.Same(scene.Rollout, RolloutOrders.Command(scene.Rollout, RolloutCommand.Approve, "test", scene.Now));
        Assert.Equal(
            "test has requested rollout r1: somebody else must approve it",
            RolloutOrders.Misfit(scene.Rollout, RolloutCommand.Approve, "test"));
        scene.Command(RolloutCommand.Approve, "second");
        Assert.Single(scene.Look());
        Assert.Equal((RolloutState.Running, "second"), (scene.Rollout.State, scene.Rollout.ApprovedBy));
    }

    [Fact]
    public void A_manual_group_begins_when_a_person_says_so_and_not_before_its_turn()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("canary", 0.1), new("rest", 0.9, Manual: true)] });
        scene.Look();
        Assert.Same(scene.Rollout, RolloutOrders.Command(scene.Rollout, RolloutCommand.Trigger, "op", scene.Now));
        scene.ObeyAll();
        scene.Look();
        scene.Work(0);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Empty(scene.Look());
        scene.Command(RolloutCommand.Trigger);
        Assert.Equal(9, scene.Look().Count);
    }

    [Fact]
    public void Pause_holds_the_next_group_and_resume_gives_the_whole_wait_again()
    {
        var scene = new RolloutScene(10).Begun();
        scene.Command(RolloutCommand.Pause);
        scene.Work(0);
        scene.Now += TimeSpan.FromHours(1);
        scene.Look();
        Assert.Equal((RolloutState.Paused, GroupState.Observing), (scene.Rollout.State, scene.Rollout.Groups[0].State));
        scene.Command(RolloutCommand.Resume);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Harm_stops_a_paused_rollout_too()
    {
        var scene = new RolloutScene(10).Begun();
        scene.Command(RolloutCommand.Pause);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 10, 0, invalid: 10);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 10, 0, invalid: 10);
        scene.Look();
        Assert.Equal("invalid", scene.Rollout.StoppedBy);
    }

    [Fact]
    public void Cancel_leaves_devices_as_they_are()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.Command(RolloutCommand.Cancel);
        Assert.Empty(scene.Look());
        Assert.Equal(RolloutState.Cancelled, scene.Rollout.State);
    }
}
