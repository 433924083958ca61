using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Gates;
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
        Assert.All(
            scene.Rollout.Transitions.Where(static transition => transition.To == GroupState.Passed),
            static transition => Assert.NotNull(transition.Evidence));
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
        scene.Evidence(scene.DevicesOf(1)[0], RolloutScene.New, 10_000, 0);
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
        for (var report = 0; report < 2; report++) scene.Work(0, alarms: 190, controlAlarms: 10);
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

    /// <summary>A fifth against a twentieth, with a quarter more allowed: within the limit, but of 200 windows nobody can tell yet.</summary>
    [Fact]
    public void A_rate_that_may_still_be_above_its_limit_waits_for_more_windows()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Work(0, alarms: 40);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        scene.Evidence(scene.Control!, RolloutScene.Old, 2_000, 100);
        scene.Work(0, windows: 2_000, alarms: 400);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
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
        var scene = new RolloutScene(3, previous: null);
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
    [InlineData(20, 100, "invalid")]
    [InlineData(0, 60_000, "latency")]
    public void Invalid_scores_and_slow_inference_stop(long invalid, double p99, string word)
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Evidence(scene.Control!, RolloutScene.Old, 200, 0);
        for (var report = 0; report < 6; report++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 0, invalid, p99);
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
    }

    [Theory]
    [InlineData(190, 10, "false-alarms", GroupState.Failed)]
    [InlineData(8, 2, null, GroupState.Observing)]
    [InlineData(20, 80, null, GroupState.Passed)]
    public void Alarms_on_windows_labelled_normal_stop_when_there_are_enough_of_them_and_forbid_success_before(
        long alarmed, long quiet, string? word, string state)
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.ObeyAll();
        scene.Truth[scene.DevicesOf(0)[0]] = new TruthCounts(alarmed, quiet);
        scene.Work(0);
        scene.Look();
        Assert.Equal((word, state), (scene.Rollout.StoppedBy, scene.Rollout.Groups[0].State));
        if (state != GroupState.Observing) return;
        scene.Now += TimeSpan.FromMinutes(11);
        scene.Look();
        Assert.Equal("false-alarms", scene.Rollout.StoppedBy);
    }

    /// <summary>Half of a hundred devices say nothing at all; one of the others failed.</summary>
    [Theory]
    [InlineData(0.02, 0.6, "model-failures")]
    [InlineData(0.021, 0.4, "silence")]
    [InlineData(0.021, 0.6, null)]
    public void Failures_are_counted_over_those_that_spoke_and_silence_has_a_limit_of_its_own(double failed, double silent, string? word)
    {
        var gate = RolloutScene.Gate(100, (GateLimits.ModelFailures, failed)) with { MaximumSilentShare = silent };
        var scene = new RolloutScene(98, gate, offline: 49, adjust: request => request with { Groups = [new("all")] });
        scene.Look();
        scene.ObeyAll();
        scene.Report(scene.Told.First(id => scene.Twins[id].Online), SlotState.Returned, RolloutScene.New, RolloutScene.Old, "health");
        scene.Work(0);
        scene.Now += TimeSpan.FromMinutes(11);
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
    }

    [Fact]
    public void Only_control_devices_are_the_control_where_there_are_some()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { ControlShare = 0.2, Groups = [new("all")] });
        Assert.Equal(8, scene.Look().Count);
        scene.ObeyAll();
        scene.Evidence(scene.Rollout.ToView().ControlDevices[0], RolloutScene.Old, 200, 10);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 400, 20);
        scene.Look();
        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        Assert.Equal(0.05, scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!.Reference!.Value, 1e-9);
        Assert.All(scene.Rollout.ToView().ControlDevices, id => Assert.Equal(RolloutScene.Old, scene.Twins[id].ActiveDigest));
    }

    [Fact]
    public void Devices_are_told_at_the_pace_that_grows_with_what_went_well()
    {
        var scene = new RolloutScene(
            40, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(2, Factor: 3, EveryCommitted: 5) });
        var told = new List<int>();
        for (var minute = 0; minute < 6; minute++)
        {
            scene.Look();
            scene.ObeyAll();
            scene.Look();
            told.Add(scene.Told.Count());
            scene.Now += TimeSpan.FromMinutes(1);
        }

        // One to begin with, two a minute, six from the fifth committed on, eighteen from the tenth.
        Assert.Equal([1, 3, 5, 11, 29, 40], told);
    }

    [Fact]
    public void Nothing_passes_while_devices_of_the_group_are_not_told()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(1) });
        scene.Look();
        scene.ObeyAll();
        scene.Work(0, windows: 10_000, alarms: 0, controlAlarms: 0);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void No_device_is_told_before_the_time_that_was_set()
    {
        var scene = new RolloutScene(3, adjust: static request => request with { NotBefore = DateTimeOffset.UnixEpoch.AddHours(2) });
        Assert.Empty(scene.Look());
        scene.Now += TimeSpan.FromHours(2);
        Assert.Single(scene.Look());
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
        Assert.Equal("model-failures", scene.Rollout.StoppedBy);
        Assert.Equal("health", scene.Rollout.Devices.Single(device => device.DeviceId == canary).Reason);
    }

    [Fact]
    public void A_refusal_that_only_the_twin_shows_counts_too()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        var canary = scene.DevicesOf(0)[0];
        scene.Twins[canary] = scene.Twins[canary] with { IsUpToDate = true, SlotState = SlotState.Refused, Refusal = "probe" };
        scene.Look();
        Assert.Equal("model-failures", scene.Rollout.StoppedBy);
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
        Assert.Equal("model-failures", scene.Rollout.StoppedBy);
        Assert.Equal(5, scene.Rollout.Devices.Count(static device => device.Told));
    }

    [Fact]
    public void A_device_that_had_no_model_goes_back_to_none()
    {
        var scene = new RolloutScene(1, previous: null);
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
    public void A_restore_lets_go_of_a_device_that_is_away_and_what_it_should_go_back_to_stays()
    {
        var scene = new RolloutScene(2, adjust: static request => request with { Groups = [new("all")] });
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        Assert.Equal(2, scene.Look().Count);
        scene.Obey("d1");
        scene.Look();
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
        Assert.All(scene.Rollout.Devices, static device => Assert.False(device.Held, device.DeviceId));
        Assert.Equal(
            (RolloutScene.Old, true, RolloutScene.New),
            (scene.Twins["d0"].DesiredDigest, scene.Twins["d0"].DesiredIsRestore, scene.Twins["d0"].ActiveDigest));
        Assert.Equal(RolloutScene.Old, scene.Twins["d0"].CurrentDigest);
    }

    [Fact]
    public void A_restore_lets_go_of_a_device_that_is_online_and_does_not_go_back_after_the_maximum_wait()
    {
        var scene = new RolloutScene(1);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        scene.Look();
        scene.Look();
        Assert.True(scene.Rollout.Devices[0].Held);
        scene.Now += TimeSpan.FromMinutes(10);
        scene.Look();
        Assert.False(scene.Rollout.Devices[0].Held);
        Assert.Equal(RolloutState.Restoring, scene.Rollout.State);
    }

    [Fact]
    public void A_restore_ends_when_another_rollout_has_what_it_waits_for_and_tells_it_nothing_more()
    {
        var scene = new RolloutScene(1);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        scene.Look();
        scene.Look();
        scene.Twins["d0"] = scene.Twins["d0"] with { DesiredDigest = "sha256:third", DesiredRolloutId = "r2", DesiredIsRestore = false };
        Assert.Empty(scene.Look());
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal(
            "0 of 1 changed devices answer with what they had before, the others are another rollout's", scene.Rollout.Transitions[^1].Reason);
    }

    [Fact]
    public void A_person_ends_a_restore_that_waits()
    {
        var scene = new RolloutScene(1);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.Same(scene.Rollout, RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Force, "op", scene.Now));
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        scene.Look();
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Force, "op", scene.Now);
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal("ended by op; 1 changed devices are still on their way back", scene.Rollout.Transitions[^1].Reason);
        Assert.False(scene.Rollout.ToView().Groups[0].Devices[0].Restored);
    }

    [Theory]
    [InlineData("sha256:gone", RolloutScene.Old)]
    [InlineData("sha256:other", "sha256:other")]
    public void A_device_goes_back_to_what_it_has_when_it_is_told_if_the_registry_has_that_too(string active, string previous)
    {
        var scene = new RolloutScene(1);
        scene.Twins["d0"] = scene.Twins["d0"] with { ActiveDigest = active };
        scene.Look();
        Assert.Equal(previous, scene.Rollout.Devices[0].PreviousDigest);
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
    public void A_device_that_says_it_committed_and_answers_with_the_old_model_is_a_failure()
    {
        var scene = new RolloutScene(1, adjust: static request => request with { Groups = [new("all")] });
        scene.Look();
        scene.Report("d0", SlotState.Committed, RolloutScene.New, RolloutScene.Old);
        scene.Look();
        Assert.Equal(("model-failures", RolloutState.Restoring), (scene.Rollout.StoppedBy, scene.Rollout.State));
        Assert.Equal("it said it had the new model, and answers with sha256:old", scene.Rollout.Devices[0].Reason);
        Assert.False(scene.Rollout.Devices[0].Touched);
    }

    /// <summary>As after a restart that brought the old image up again.</summary>
    [Fact]
    public void A_device_that_had_committed_and_comes_back_with_the_old_model_is_a_failure()
    {
        var scene = new RolloutScene(1, adjust: static request => request with { Groups = [new("all")] });
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(SlotState.Committed, scene.Rollout.Devices[0].State);
        scene.Twins["d0"] = scene.Twins["d0"] with { ActiveDigest = RolloutScene.Old };
        scene.Work(0);
        scene.Look();
        Assert.Equal(("model-failures", RolloutState.Restoring), (scene.Rollout.StoppedBy, scene.Rollout.State));
    }

    [Fact]
    public void Devices_are_told_only_while_a_window_of_their_site_is_open()
    {
        var scene = new RolloutScene(2, adjust: static request => request with
        {
            Groups = [new("all")], Windows = [new MaintenanceWindow(new TimeOnly(2, 0), 60, "Etc/UTC", "north")],
        });
        scene.Twins["d0"] = scene.Twins["d0"] with { SiteId = "north" };
        scene.Twins["d1"] = scene.Twins["d1"] with { SiteId = "south" };
        Assert.Empty(scene.Look());
        scene.Now += TimeSpan.FromHours(2);
        Assert.Equal("d0", Assert.Single(scene.Look()).DeviceId);
    }

    [Fact]
    public void A_rollout_that_needs_approval_waits_for_somebody_else_than_who_asked_and_holds_nobody_meanwhile()
    {
        var scene = new RolloutScene(2, adjust: static request => request with { NeedsApproval = true });
        Assert.Empty(scene.Look());
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Held);
        Assert.Same(scene.Rollout, RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Approve, "test", scene.Now));
        Assert.Equal(
            "test has requested rollout r1: somebody else must approve it",
            RolloutStateMachine.Misfit(scene.Rollout, RolloutCommand.Approve, "test"));
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Approve, "second", scene.Now);
        Assert.Single(scene.Look());
        Assert.Equal((RolloutState.Running, "second"), (scene.Rollout.State, scene.Rollout.ApprovedBy));
    }

    [Fact]
    public void Devices_that_could_not_get_the_package_are_told_once_more_and_those_that_refused_the_model_are_not()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("all", 1)] });
        Assert.Equal(10, scene.Look().Count);
        Assert.Same(scene.Rollout, RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Retry, "op", scene.Now));
        scene.Report("d1", SlotState.Refused, RolloutScene.New, RolloutScene.Old, "download");
        scene.Twins["d1"] = scene.Twins["d1"] with { SlotState = SlotState.Refused, IsUpToDate = true };
        scene.Report("d2", SlotState.Refused, RolloutScene.New, RolloutScene.Old, "probe");
        scene.Look();
        scene.Now += TimeSpan.FromMinutes(5);
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Retry, "op", scene.Now);
        Assert.Equal([new WantedModel("d1", RolloutScene.New, false, Attempt: 1)], scene.Look());
        Assert.Empty(scene.Look());
        Assert.Equal(scene.Now, scene.Rollout.Groups[0].Since);
        var (told, failed) = (
            scene.Rollout.Devices.Single(static device => device.DeviceId == "d1"),
            scene.Rollout.Devices.Single(static device => device.DeviceId == "d2"));
        Assert.Equal((null, null), (told.State, told.Reason));
        Assert.Equal((SlotState.Refused, "probe"), (failed.State, failed.Reason));
    }

    [Fact]
    public void A_manual_group_begins_when_a_person_says_so_and_not_before_its_turn()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("canary", 0.1), new("rest", 0.9, Manual: true)] });
        scene.Look();
        Assert.Same(scene.Rollout, RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Trigger, "op", scene.Now));
        scene.ObeyAll();
        scene.Look();
        scene.Work(0);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Empty(scene.Look());
        scene.Rollout = RolloutStateMachine.Command(scene.Rollout, RolloutCommand.Trigger, "op", scene.Now);
        Assert.Equal(9, scene.Look().Count);
    }

    [Fact]
    public void No_more_devices_are_told_than_can_fetch_the_package_at_the_fleets_rate()
    {
        var scene = new RolloutScene(
            40, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(1_000, BytesPerSecond: 100) });
        scene.Rollout = scene.Rollout with { PackageBytes = 3_000 };
        scene.Look();
        scene.Now += TimeSpan.FromMinutes(2);
        scene.Look();
        Assert.Equal(1 + 4, scene.Told.Count());
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
