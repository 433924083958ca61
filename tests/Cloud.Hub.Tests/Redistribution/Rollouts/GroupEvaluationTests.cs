using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>What lets a group pass, what stops it, and what is no reason for either.</summary>
public class GroupEvaluationTests
{
    [Fact]
    public void No_data_is_never_success()
    {
        var scene = new RolloutScene(10).Begun();
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
        var scene = new RolloutScene(100, offline: 95).Observing();
        Assert.Contains(scene.DevicesOf(0), device => !scene.Twins[device].Online);
        scene.Work(0);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Evidence_counts_only_from_devices_that_answer_with_the_new_digest()
    {
        var scene = new RolloutScene(10).Begun();
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
        var scene = new RolloutScene(10).Begun();
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
        var scene = new RolloutScene(10).Begun();
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
        var scene = new RolloutScene(10).Begun();
        scene.Work(0, alarms: 100, controlAlarms: 100);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Without_a_word_from_the_control_there_is_no_verdict()
    {
        var scene = new RolloutScene(10).Begun();
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

    /// <summary>Nobody is left to compare with: what it said of itself is.</summary>
    [Theory]
    [InlineData(150, "promised-alarms")]
    [InlineData(10, null)]
    public void A_first_model_that_alarms_much_more_than_in_its_own_test_is_stopped(long alarms, string? word)
    {
        var scene = First(20);
        for (var report = 0; report < 5; report++) scene.Work(0, alarms: alarms);
        scene.Look();
        Assert.Equal((word, word is not null), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.Equal(0.02, scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.PromisedAlarms)!.Reference!.Value, 1e-9);
        if (word is not null) return;
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.EndsWith("alarm rate 5.0 %, where the model promised 2.0 %", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
    }

    /// <summary>Its machine may be ill: nothing is proven, and nothing passes until it is well or the wait is over.</summary>
    [Theory]
    [InlineData(150, "promised-alarms", GroupState.Failed)]
    [InlineData(4, null, GroupState.Passed)]
    public void One_device_alone_with_a_first_model_is_waited_for(long later, string? word, string state)
    {
        var scene = First(3);
        for (var report = 0; report < 3; report++) scene.Work(0, alarms: 150);
        scene.Look();
        Assert.Equal((null, GroupState.Observing), (scene.Rollout.StoppedBy, scene.Rollout.Groups[0].State));
        for (var report = 0; report < 10; report++) scene.Work(0, alarms: later);
        scene.Now += TimeSpan.FromMinutes(31);
        scene.Look();
        Assert.Equal((word, false, state), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful, scene.Rollout.Groups[0].State));
    }

    [Fact]
    public void A_first_model_under_which_the_agent_starts_again_and_again_is_stopped()
    {
        var scene = First(3);
        for (var start = 0; start < 40; start++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 20, 0, boot: $"boot-{start / 2}");
        scene.Look();
        Assert.Equal((GateLimits.Restarts, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Fact]
    public void A_slice_of_a_first_model_is_held_against_the_promise_too()
    {
        var scene = First(100);
        var rare = scene.DevicesOf(0).Take(2).ToHashSet();
        foreach (var (id, twin) in scene.Twins) scene.Twins[id] = twin with { Slices = [rare.Contains(id) ? "hardware=rare" : "hardware=common"] };
        for (var report = 0; report < 5; report++)
        {
            foreach (var device in scene.DevicesOf(0)) scene.Evidence(device, RolloutScene.New, 200, rare.Contains(device) ? 150 : 4);
        }

        scene.Look();
        Assert.Equal("promised-alarms", scene.Rollout.StoppedBy);
        Assert.Contains("hardware=rare", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
    }

    /// <summary>Devices without a model, and one that alarmed on two healthy windows in a hundred when it was made.</summary>
    private static RolloutScene First(int devices)
    {
        var scene = new RolloutScene(devices, new GatePolicy(), previous: null);
        scene.Rollout = scene.Rollout with { PromisedAlarms = 0.02 };
        return scene.Observing();
    }

    /// <summary>One that has something to be compared with is judged by that alone.</summary>
    [Fact]
    public void What_a_model_promised_says_nothing_where_there_is_a_control()
    {
        var scene = new RolloutScene(10);
        scene.Rollout = scene.Rollout with { PromisedAlarms = 0.02 };
        scene.Begun();
        scene.Work(0, alarms: 100, controlAlarms: 100);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Null(scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.PromisedAlarms));
    }

    [Theory]
    [InlineData(20, 100, "invalid")]
    [InlineData(0, 60_000, "latency")]
    public void Invalid_scores_and_slow_inference_stop(long invalid, double p99, string word)
    {
        var scene = new RolloutScene(10).Observing();
        scene.Evidence(scene.Control!, RolloutScene.Old, 200, 0);
        for (var report = 0; report < 6; report++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 0, invalid, p99);
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
    }

    [Fact]
    public void Neither_stop_nor_success_rests_on_a_handful_of_timed_answers()
    {
        var scene = new RolloutScene(10).Observing();
        scene.Evidence(scene.Control!, RolloutScene.Old, 200, 0);
        for (var report = 0; report < 6; report++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 0, p99: 60_000, timings: 25);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 0, timings: 100);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Theory]
    [InlineData(190, 10, "false-alarms", GroupState.Failed)]
    [InlineData(8, 2, null, GroupState.Observing)]
    [InlineData(20, 80, null, GroupState.Passed)]
    public void Alarms_on_windows_labelled_normal_stop_when_there_are_enough_of_them_and_forbid_success_before(
        long alarmed, long quiet, string? word, string state)
    {
        var scene = new RolloutScene(10).Begun();
        scene.Truth[scene.DevicesOf(0)[0]] = new TruthCounts(alarmed, quiet);
        scene.Work(0);
        scene.Look();
        Assert.Equal((word, state), (scene.Rollout.StoppedBy, scene.Rollout.Groups[0].State));
        if (state != GroupState.Observing) return;
        scene.Now += TimeSpan.FromMinutes(11);
        scene.Look();
        Assert.Equal("false-alarms", scene.Rollout.StoppedBy);
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
    public void Nothing_passes_while_devices_of_the_group_are_not_told()
    {
        var scene = new RolloutScene(10, adjust: static request => request with { Groups = [new("all")], Pace = new RolloutPace(1) }).Begun();
        scene.Work(0, windows: 10_000, alarms: 0, controlAlarms: 0);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
    }
}
