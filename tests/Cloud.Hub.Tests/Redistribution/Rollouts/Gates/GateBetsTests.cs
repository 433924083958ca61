using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

public class GateBetsTests
{
    private static readonly string[] Members = ["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8", "d9"];

    [Theory]
    [InlineData(100, 101, 0)]
    [InlineData(100, -1, 0)]
    [InlineData(100, 0, 101)]
    [InlineData(-100, 0, 0)]
    [InlineData(2_000_000, 0, 0)]
    public void Evidence_that_cannot_be_true_is_left_out_and_shown(long windows, long alarms, long invalid)
    {
        var scene = Observing();
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, windows, alarms, invalid);
        scene.Look();
        Assert.Equal(0, scene.Rollout.Groups[0].Evidence!.Windows);
        Assert.Contains("evidence of", scene.Rollout.ToView().Groups[0].Devices[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Evidence_of_a_model_that_the_devices_own_twin_does_not_answer_with_counts_only_once_it_does()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        var canary = scene.DevicesOf(0)[0];
        scene.Evidence(canary, RolloutScene.New, 200, 10);
        scene.Look();
        Assert.Equal((0, 0), (scene.Rollout.Groups[0].Evidence!.DevicesAnswered, scene.Rollout.Groups[0].Evidence!.Windows));
        Assert.False(scene.Rollout.Devices.Single(device => device.DeviceId == canary).Touched);
        scene.Obey(canary);
        scene.Look();
        Assert.Equal(200, scene.Rollout.Groups[0].Evidence!.Windows);
    }

    /// <summary>Nine quiet devices and one that reports a hundred times as much, all of it alarms.</summary>
    [Fact]
    public void A_device_that_floods_does_not_decide_for_the_others()
    {
        var scene = Whole();
        for (var look = 0; look < 10; look++)
        {
            foreach (var device in scene.DevicesOf(0)) scene.Evidence(device, RolloutScene.New, 20, 1);
            for (var flood = 0; flood < 100; flood++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 20, 20);
            scene.Evidence(scene.Control!, RolloutScene.Old, 200, 10);
            scene.Look();
        }

        Assert.Null(scene.Rollout.StoppedBy);
    }

    [Fact]
    public void One_slow_report_stops_nothing_and_devices_that_stay_slow_do()
    {
        var scene = Observing();
        var canary = scene.DevicesOf(0)[0];
        for (var i = 0; i < 10; i++) scene.Evidence(canary, RolloutScene.New, 20, 1, p99: i == 0 ? 900_000 : 200);
        scene.Evidence(scene.Control!, RolloutScene.Old, 200, 10);
        scene.Look();
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        for (var i = 0; i < 20; i++) scene.Evidence(canary, RolloutScene.New, 20, 1, p99: 900_000);
        scene.Look();
        Assert.Equal((GateLimits.Latency, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Fact]
    public void Memory_and_latency_are_held_against_what_the_same_device_showed_before()
    {
        foreach (var (word, p99, resident) in ((string, double, long)[])[(GateLimits.Latency, 20_000, 30 << 20), (GateLimits.Memory, 200, 60 << 20)])
        {
            var scene = new RolloutScene(10);
            foreach (var device in Members) scene.Evidence(device, RolloutScene.Old, 100, 5, p99: 200, resident: 30 << 20);
            scene.Look();
            scene.ObeyAll();
            for (var i = 0; i < 6; i++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 20, 1, p99: p99, resident: resident);
            scene.Look();
            Assert.Equal(word, scene.Rollout.StoppedBy);
        }
    }

    /// <summary>Scores far above their threshold, or inputs far from calibration, that the same device did not show with the old model.</summary>
    [Theory]
    [InlineData(GateLimits.ConfidenceDrift, 9, 0.5)]
    [InlineData(GateLimits.InputDrift, 0.5, 1)]
    public void Drift_from_what_the_same_device_showed_before_stops(string word, double ratio, double input)
    {
        var scene = new RolloutScene(10);
        foreach (var device in Members) scene.Evidence(device, RolloutScene.Old, 100, 5);
        scene.Look();
        scene.ObeyAll();
        for (var i = 0; i < 60; i++) scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 20, 1, ratio: ratio, input: input);
        scene.Look();
        Assert.Equal((word, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    /// <summary>As many alarms, on other windows.</summary>
    [Fact]
    public void A_model_that_answers_half_of_the_windows_otherwise_is_stopped_in_shadow()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.Evidence(
            scene.DevicesOf(0)[0], RolloutScene.Old, 800, 200,
            shadow: new ShadowEvidence(RolloutScene.New, 800, 400, 200, 0, 100, ActiveAlarms: 200));
        scene.Look();
        Assert.Equal(GateLimits.ShadowDisagreement, scene.Rollout.StoppedBy);
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Touched);
    }

    [Fact]
    public void An_agent_that_starts_again_and_again_under_the_new_model_stops_it()
    {
        var scene = Observing();
        for (var start = 0; start < 20; start++)
        {
            scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 20, 1, boot: $"boot-{start}");
            scene.Evidence(scene.Control!, RolloutScene.Old, 20, 1);
        }

        scene.Look();
        Assert.Equal(GateLimits.Restarts, scene.Rollout.StoppedBy);
    }

    [Fact]
    public void A_model_that_alarms_in_shadow_where_the_old_one_does_not_is_stopped_before_any_device_answers_with_it()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        scene.Evidence(
            scene.DevicesOf(0)[0], RolloutScene.Old, 200, 10, shadow: new ShadowEvidence(RolloutScene.New, 200, 150, 160, 0, 100, ActiveAlarms: 10));
        scene.Look();
        Assert.True(scene.Rollout.StoppedBy is GateLimits.ShadowAlarms or GateLimits.ShadowDisagreement, scene.Rollout.StoppedBy);
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Touched);
    }

    [Fact]
    public void A_comparison_is_counted_once_however_often_it_is_told()
    {
        var scene = new RolloutScene(10);
        scene.Look();
        for (var i = 1; i <= 5; i++)
        {
            scene.Evidence(
                scene.DevicesOf(0)[0], RolloutScene.Old, 20, 1,
                shadow: new ShadowEvidence(RolloutScene.New, Math.Min(60, 20 * i), 2, 1, 0, 100, ActiveAlarms: 1));
            scene.Look();
        }

        var shadow = scene.Rollout.Groups[0].Evidence!;
        Assert.Equal(60, shadow.ShadowWindows);
        Assert.Equal(6, shadow.Metric(GateLimits.ShadowDisagreement)!.Trials, 1e-9);
    }

    [Fact]
    public void More_errors_than_the_old_model_makes_stop_the_rollout()
    {
        var scene = Observing();
        scene.Truth[scene.DevicesOf(0)[0]] = new(120, 680, 100, 300);
        foreach (var device in scene.DevicesOf(1)) scene.OtherTruth[device] = new(10, 790, 380, 20);
        scene.Look();
        Assert.Equal(GateLimits.Error, scene.Rollout.StoppedBy);
    }

    /// <summary>The same share of errors, too few to tell and enough.</summary>
    [Theory]
    [InlineData(34, null)]
    [InlineData(400, GateLimits.Error)]
    public void A_difference_that_chance_explains_does_not_stop_a_group_when_its_wait_is_over(int trials, string? word)
    {
        var scene = Observing();
        scene.Work(0);
        scene.Truth[scene.DevicesOf(0)[0]] = new(trials * 13 / 10, trials * 87 / 10);
        foreach (var device in scene.DevicesOf(1)) scene.OtherTruth[device] = new(60, 940);
        scene.Look();
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        scene.Now += scene.Rollout.Request.Gate.MaximumWait;
        scene.Look();
        Assert.Equal(word, scene.Rollout.StoppedBy);
        if (word is null) Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Theory]
    [InlineData("download", "undelivered", false)]
    [InlineData("signature", "undelivered", false)]
    [InlineData("probe", "model-failures", true)]
    [InlineData("a word nobody knows", "model-failures", true)]
    public void What_did_not_arrive_is_told_apart_from_what_failed(string reason, string word, bool isHarmful)
    {
        var scene = new RolloutScene(20, adjust: static request => request with { Groups = [new("canary", 0.5), new("full", 0.5)] });
        scene.Look();
        foreach (var device in scene.DevicesOf(0)) scene.Report(device, SlotState.Refused, RolloutScene.New, RolloutScene.Old, reason);
        scene.Look();
        Assert.Equal((word, isHarmful), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    /// <summary>Eight machines stand still, so their shadow never ends; two have proven the model.</summary>
    [Theory]
    [InlineData(0.9, null)]
    [InlineData(0.5, "idle")]
    public void Machines_that_stand_still_are_no_failures_and_have_a_limit_of_their_own(double idle, string? word)
    {
        var scene = new RolloutScene(
            20, RolloutScene.Gate() with { MaximumIdleShare = idle },
            adjust: static request => request with { Groups = [new("canary", 0.5), new("full", 0.5)] });
        scene.Look();
        foreach (var device in scene.DevicesOf(0)) scene.Report(device, SlotState.Shadowing, RolloutScene.New, RolloutScene.Old);
        foreach (var device in scene.DevicesOf(0).Take(2))
        {
            scene.Obey(device);
            scene.Evidence(device, RolloutScene.New, 200, 10);
        }

        foreach (var device in scene.DevicesOf(1)) scene.Evidence(device, RolloutScene.Old, 100, 5);
        scene.Now += TimeSpan.FromMinutes(11);
        scene.Look();
        Assert.Equal((word, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        if (word is null) Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void Devices_that_answer_with_another_model_are_no_control()
    {
        var scene = new RolloutScene(10);
        foreach (var id in Members.Except(scene.DevicesOf(0))) scene.Twins[id] = scene.Twins[id] with { ActiveDigest = "sha256:other" };
        scene.Look();
        scene.ObeyAll();
        foreach (var id in Members) scene.Evidence(id, "sha256:other", 1_000, 1_000);
        scene.Evidence(scene.DevicesOf(0)[0], RolloutScene.New, 200, 10);
        scene.Look();
        Assert.Null(scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)?.Reference is > 0 ? "polluted" : null);
    }

    private static RolloutScene Observing() => new RolloutScene(10).Observing();

    /// <summary>Ten devices in one group and ten put aside as control.</summary>
    private static RolloutScene Whole() => new RolloutScene(
        20, new GatePolicy(), adjust: static request => request with { ControlShare = 0.5, Groups = [new("all")] }).Observing();
}
