using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

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
        Assert.All(scene.Rollout.Transitions.Where(static transition => transition.To == GroupState.Passed), static transition => Assert.NotNull(transition.Evidence));
    }

    [Fact]
    public void No_data_is_never_success()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        for (var minute = 0; minute < 10; minute++)
        {
            scene.Look();
            Assert.Equal(RolloutState.Running, scene.Rollout.State);
            scene.Now += TimeSpan.FromMinutes(1);
        }

        scene.Look();
        Assert.Equal("no-data", scene.Rollout.StoppedBy);
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
    }

    [Fact]
    public void A_group_that_is_wholly_offline_is_restored_and_not_passed()
    {
        var scene = new RolloutScene(10, offline: 10);
        scene.Look();
        scene.Now += TimeSpan.FromMinutes(11);
        scene.Look();
        Assert.Equal("no-data", scene.Rollout.StoppedBy);
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }

    [Fact]
    public void Five_percent_online_are_enough_when_they_say_enough()
    {
        var scene = new RolloutScene(100, offline: 95);
        for (var group = 0; group < 3; group++)
        {
            scene.Look();
            scene.ObeyAll();
            scene.Look();
            if (group == 0) scene.Work(0);
            if (group > 0) break;
        }

        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State == GroupState.Passed ? GroupState.Passed : Passed(scene));
        static string Passed(RolloutScene scene)
        {
            scene.Look();
            return scene.Rollout.Groups[0].State;
        }
    }

    [Fact]
    public void Evidence_counts_only_from_devices_that_answer_with_the_new_digest()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        var canary = scene.DevicesOf(0)[0];
        scene.Evidence(canary, RolloutScene.Old, 10_000, 0);
        scene.Evidence("x0", RolloutScene.New, 10_000, 0);
        scene.Look();
        Assert.Equal(0, scene.Rollout.Groups[0].Evidence!.Windows);
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void A_higher_alarm_rate_than_the_control_stops_and_restores_every_told_device()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Work(0, alarms: 100, controlAlarms: 10);
        var told = scene.Told.ToList();
        var back = scene.Look();
        Assert.Equal("alarm-rate", scene.Rollout.StoppedBy);
        Assert.Equal(told, back.Select(static model => model.DeviceId));
        Assert.All(back, static model => Assert.Equal((RolloutScene.Old, true), (model.Digest, model.Restore)));
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
        scene.Look();
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.All(scene.Rollout.ToView().Groups[0].Devices, static device => Assert.True(device is { Touched: true, Restored: true }));
        Assert.Equal(GroupState.Waiting, scene.Rollout.Groups[1].State);
    }

    [Fact]
    public void The_same_alarm_rate_as_a_busy_control_passes()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Work(0, alarms: 100, controlAlarms: 100);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Without_a_word_from_the_control_there_is_no_verdict()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 1000, 0);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void A_first_model_has_no_control_and_passes_on_its_own_figures()
    {
        var scene = new RolloutScene(3, previous: null, outsiders: 0);
        for (var group = 0; group < 3; group++)
        {
            scene.Look();
            scene.ObeyAll();
            scene.Look();
            scene.Work(group);
            scene.Look();
        }

        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
    }

    [Theory]
    [InlineData(1, 100, "invalid")]
    [InlineData(0, 60_000, "latency")]
    public void Invalid_scores_and_slow_inference_stop(long invalid, double p99, string word)
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Evidence("x0", RolloutScene.Old, 200, 0);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 0, invalid, p99);
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
    }

    [Theory]
    [InlineData(8, 2, "false-alarms")]
    [InlineData(2, 8, null)]
    [InlineData(3, 0, null)]
    public void Alarms_on_windows_labelled_normal_stop_when_there_are_enough_of_them(long alarmed, long quiet, string? word)
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Truth[scene.DevicesOf(0)[0]] = (alarmed, quiet);
        scene.Work(0);
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
    }

    [Theory]
    [InlineData(SlotState.Refused)]
    [InlineData(SlotState.Returned)]
    public void A_device_that_refuses_or_returns_stops_the_rollout(SlotState how)
    {
        var scene = new RolloutScene(10);
        scene.Look();
        var canary = scene.DevicesOf(0)[0];
        scene.Report(canary, how, RolloutScene.New, RolloutScene.Old, "health");
        scene.Look();
        Assert.Equal("failed-devices", scene.Rollout.StoppedBy);
        Assert.Equal("health", scene.Rollout.Devices.Single(device => device.DeviceId == canary).Reason);
    }

    [Fact]
    public void A_refusal_that_only_the_twin_shows_counts_too()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        var canary = scene.DevicesOf(0)[0];
        scene.Twins[canary] = scene.Twins[canary] with { IsUpToDate = true, SlotState = SlotState.Refused, Refusal = "signature" };
        scene.Look();
        Assert.Equal("failed-devices", scene.Rollout.StoppedBy);
    }

    [Fact]
    public void A_device_that_returns_after_its_group_has_passed_still_stops_the_rollout()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Work(0);
        scene.Look();
        scene.Look();
        scene.ObeyAll();
        scene.Report(scene.DevicesOf(0)[0], SlotState.Returned, RolloutScene.New, RolloutScene.Old, "health");
        scene.Look();
        Assert.Equal("failed-devices", scene.Rollout.StoppedBy);
        Assert.Equal(5, scene.Rollout.Devices.Count(static device => device.Told));
    }

    [Fact]
    public void A_device_that_had_no_model_goes_back_to_none()
    {
        var scene = new RolloutScene(1, previous: null, outsiders: 0);
        scene.Look();
        scene.ObeyAll();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        Assert.Equal([new WantedModel("d0", null, true)], scene.Look());
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }

    [Fact]
    public void A_changed_device_that_is_away_holds_the_restore_open_until_it_answers()
    {
        var scene = new RolloutScene(1);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        for (var i = 0; i < 5; i++) scene.Look();
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = true };
        scene.Obey("d0");
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal("operator", scene.Rollout.StoppedBy);
    }

    [Fact]
    public void Pause_holds_the_next_group_and_resume_gives_the_whole_wait_again()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Pause, "op", scene.Now);
        scene.Work(0);
        scene.Now += TimeSpan.FromHours(1);
        scene.Look();
        Assert.Equal((RolloutState.Paused, GroupState.Observing), (scene.Rollout.State, scene.Rollout.Groups[0].State));
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Resume, "op", scene.Now);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Harm_stops_a_paused_rollout_too()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Pause, "op", scene.Now);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 10, 0, invalid: 10);
        scene.Look();
        Assert.Equal("invalid", scene.Rollout.StoppedBy);
    }

    [Fact]
    public void Cancel_leaves_devices_as_they_are()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Cancel, "op", scene.Now);
        Assert.Empty(scene.Look());
        Assert.Equal(RolloutState.Cancelled, scene.Rollout.State);
    }

    [Fact]
    public void A_completed_rollout_can_be_taken_back()
    {
        var scene = new RolloutScene(1);
        scene.Look();
        scene.ObeyAll();
        scene.Work(0);
        scene.Look();
        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        Assert.Single(scene.Look());
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }

    [Fact]
    public void Looking_twice_at_the_same_fleet_changes_nothing_the_second_time()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        var before = scene.Rollout;
        Assert.Empty(scene.Look());
        Assert.Same(before, scene.Rollout);
    }
}
