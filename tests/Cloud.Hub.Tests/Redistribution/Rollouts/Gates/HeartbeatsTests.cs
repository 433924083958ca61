using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

/// <summary>Gates of what answers no windows, by the reports of the devices it runs on.</summary>
public class HeartbeatsTests
{
    private static readonly GatePolicy Gate = new() { MaximumWait = TimeSpan.FromMinutes(30), MinimumHealthyTime = TimeSpan.FromMinutes(
        5), MaximumHeartbeatAge = TimeSpan.FromMinutes(10) };

    [Fact]
    public void Firmware_passes_once_its_devices_have_run_it_for_the_healthy_time_and_no_window_is_asked_for()
    {
        var scene = Told();
        scene.ObeyAll();
        Minutes(scene, 4);
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        Assert.Contains("for 300 s without another start", Why(scene), StringComparison.Ordinal);
        Minutes(scene, 2);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        Assert.Equal((2, 0L), (scene.Rollout.Groups[0].Evidence!.DevicesHealthy, scene.Rollout.Groups[0].Evidence!.Windows));
        Minutes(scene, 1);
        scene.ObeyAll();
        Minutes(scene, 7);
        scene.ObeyAll();
        Minutes(scene, 7);
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
    }

    [Fact]
    public void A_device_that_comes_back_with_the_old_image_is_a_failure()
    {
        var scene = Told();
        foreach (var device in scene.DevicesOf(0)) scene.Report(device, SlotState.Returned, RolloutScene.New, RolloutScene.Old, "old-image");
        scene.Look();
        Assert.Equal((RolloutState.Restoring, GateLimits.ModelFailures), (scene.Rollout.State, scene.Rollout.StoppedBy));
    }

    [Fact]
    public void Devices_that_begin_and_are_never_heard_of_again_are_lost_and_nothing_passes()
    {
        var scene = Told();
        var (first, second) = (scene.DevicesOf(0)[0], scene.DevicesOf(0)[1]);
        foreach (var device in scene.DevicesOf(0)) scene.Report(device, SlotState.Downloading, RolloutScene.New, RolloutScene.Old);
        scene.Obey(first);
        scene.Twins[second] = scene.Twins[second] with { Online = false, LastSeen = scene.Now };
        Minutes(scene, 12);
        Assert.Equal((1, 1), (scene.Rollout.Groups[0].Evidence!.DevicesHealthy, scene.Rollout.Groups[0].Evidence!.DevicesLost));
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        Minutes(scene, 19);
        Assert.Equal(("lost", false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Fact]
    public void A_device_that_was_away_and_comes_back_healthy_is_not_lost()
    {
        var scene = Told();
        var away = scene.DevicesOf(0)[1];
        scene.ObeyAll();
        scene.Twins[away] = scene.Twins[away] with { Online = false, LastSeen = scene.Now };
        Minutes(scene, 12);
        Assert.Equal(GroupState.Observing, scene.Rollout.Groups[0].State);
        scene.Twins[away] = scene.Twins[away] with { Online = true };
        Minutes(scene, 6);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    /// <summary>Each report by another start of the program: it never runs for the healthy time, and that many restarts are harm.</summary>
    [Fact]
    public void A_program_that_starts_again_and_again_is_stopped_as_harmful()
    {
        var scene = Told();
        scene.ObeyAll();
        for (var minute = 0; minute < 25 && scene.Rollout.State == RolloutState.Running; minute++)
        {
            scene.Pass(TimeSpan.FromMinutes(1), twin => twin.ActiveDigest == RolloutScene.New ? twin with { BootId = $"boot-{minute}" } : twin);
            scene.Look();
        }

        Assert.Equal((GateLimits.Restarts, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.NotEqual(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Theory]
    [InlineData(GateLimits.Memory, 64 << 20, 50.0)]
    [InlineData(GateLimits.Temperature, 30 << 20, 75.0)]
    public void Memory_and_heat_are_held_against_what_the_same_device_showed_before(string word, long resident, double celsius)
    {
        var scene = new RolloutScene(20, Gate, kind: ArtefactKind.Agent);
        scene.Pass(TimeSpan.FromMinutes(1), twin => twin with { BootId = "b", ResidentBytes = 30 << 20, Vitals = new DeviceVitals(null, 50) });
        scene.Look();
        scene.ObeyAll();
        for (var minute = 0; minute < 29 && scene.Rollout.State == RolloutState.Running; minute++)
        {
            scene.Pass(
                TimeSpan.FromMinutes(1),
                twin => twin.ActiveDigest == RolloutScene.New
                    ? twin with { ResidentBytes = resident, Vitals = new DeviceVitals(null, celsius) } : twin);
            scene.Look();
        }

        Assert.Equal((word, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    /// <summary>A point of charge each ten reports before, one each two reports with the new one; told in whole points.</summary>
    [Fact]
    public void A_battery_that_empties_faster_than_those_of_the_control_stops_the_rollout()
    {
        var scene = new RolloutScene(
            20, Gate with { MaximumWait = TimeSpan.FromHours(8), MinimumHealthyTime = TimeSpan.FromHours(2) }, kind: ArtefactKind.Agent);
        scene.Pass(TimeSpan.FromMinutes(12), static twin => twin with { BootId = "b", Vitals = new DeviceVitals(0.9, null) });
        scene.Look();
        scene.ObeyAll();
        for (var report = 1; report < 38 && scene.Rollout.State == RolloutState.Running; report++)
        {
            scene.Pass(
                TimeSpan.FromMinutes(12),
                twin => twin
                    with { Vitals = new DeviceVitals(
                        Math.Round(0.9 - (report / (twin.ActiveDigest == RolloutScene.New ? 2 : 10) / 100.0), 2), null) });
            scene.Look();
        }

        Assert.Equal((GateLimits.Battery, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
    }

    [Theory]
    [InlineData(1.2, 20.0)]
    [InlineData(-0.1, 20.0)]
    [InlineData(0.5, double.NaN)]
    [InlineData(0.5, 5_000.0)]
    public void A_charge_or_a_temperature_that_cannot_be_is_left_out_and_shown(double charge, double celsius)
    {
        var scene = Told();
        scene.ObeyAll();
        scene.Pass(TimeSpan.FromMinutes(1), twin => twin with { Vitals = new DeviceVitals(charge, celsius) });
        scene.Look();
        Assert.Null(scene.Rollout.Devices[0].Sum);
        Assert.Contains("cannot be", scene.Rollout.ToView().Groups[0].Devices[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_group_goes_back_alone_and_the_others_keep_what_they_have()
    {
        var scene = StagePassedCanary();
        scene.Rollout = RolloutOrders.RestoreGroup(scene.Rollout, "stage", "op", scene.Now);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal([GroupState.Passed, GroupState.Restored, GroupState.Waiting], scene.Rollout.Groups.Select(static group => group.State));
        Assert.All(scene.DevicesOf(0), device => Assert.Equal(RolloutScene.New, scene.Twins[device].ActiveDigest));
        Assert.All(scene.DevicesOf(1), device => Assert.Equal(RolloutScene.Old, scene.Twins[device].ActiveDigest));
        Assert.Equal("stage", scene.Rollout.ToView().RestoredGroup);
        Assert.DoesNotContain(scene.Rollout.Devices, static device => device.Held);
        // And what was taken back in part can be taken back as a whole.
        scene.Rollout = RolloutOrders.Command(scene.Rollout, RolloutCommand.Restore, "op", scene.Now);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.All(scene.Twins.Values, static twin => Assert.Equal(RolloutScene.Old, twin.ActiveDigest));
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }

    [Theory]
    [InlineData("full")]
    [InlineData("nothing")]
    public void A_group_that_there_is_not_or_that_nobody_was_told_of_is_not_taken_back(string group)
    {
        var scene = StagePassedCanary();
        Assert.Same(scene.Rollout, RolloutOrders.RestoreGroup(scene.Rollout, group, "op", scene.Now));
    }

    [Theory]
    [InlineData(GateAction.Restore)]
    [InlineData(GateAction.RestoreGroup)]
    [InlineData(GateAction.Pause)]
    public void What_becomes_of_a_group_without_a_verdict_is_as_the_gate_says(GateAction action)
    {
        var scene = StagePassedCanary(action);
        scene.Now += TimeSpan.FromMinutes(31);
        scene.Look();
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(action == GateAction.Pause ? RolloutState.Paused : RolloutState.Restored, scene.Rollout.State);
        Assert.Equal(action == GateAction.Restore ? RolloutScene.Old : RolloutScene.New, scene.Twins[scene.DevicesOf(0)[0]].ActiveDigest);
        Assert.Equal(action == GateAction.Pause ? RolloutScene.New : RolloutScene.Old, scene.Twins[scene.DevicesOf(1)[0]].ActiveDigest);
        if (action != GateAction.Pause) return;
        scene.Rollout = RolloutOrders.Command(scene.Rollout, RolloutCommand.Resume, "op", scene.Now);
        Minutes(scene, 6);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[1].State);
    }

    [Fact]
    public void A_quarantine_takes_all_back_also_while_one_group_goes_back_alone()
    {
        var scene = StagePassedCanary();
        scene.Rollout = RolloutOrders.RestoreGroup(scene.Rollout, "stage", "op", scene.Now);
        scene.Look();
        scene.Rollout = RolloutStateMachine.Advance(scene.Rollout, scene.Seen with { IsQuarantined = true });
        Assert.Equal((RolloutState.Restoring, null), (scene.Rollout.State, scene.Rollout.RestoredGroup));
    }

    private static RolloutScene Told()
    {
        var scene = new RolloutScene(20, Gate, kind: ArtefactKind.Firmware);
        Minutes(scene, 1);
        return scene;
    }

    /// <summary>The canary has passed; the next group has installed and is watched.</summary>
    private static RolloutScene StagePassedCanary(GateAction action = GateAction.Restore)
    {
        var scene = new RolloutScene(20, Gate with { WhenLate = action }, kind: ArtefactKind.Firmware);
        Minutes(scene, 1);
        scene.ObeyAll();
        Minutes(scene, 7);
        scene.ObeyAll();
        scene.Look();
        Assert.Equal([GroupState.Passed, GroupState.Observing, GroupState.Waiting], scene.Rollout.Groups.Select(static group => group.State));
        return scene;
    }

    private static void Minutes(RolloutScene scene, int minutes)
    {
        for (var i = 0; i < minutes; i++)
        {
            scene.Pass(TimeSpan.FromMinutes(1));
            scene.Look();
        }
    }

    private static string Why(RolloutScene scene) => GroupEvaluation.Judge(scene.Rollout, 0, scene.Seen).Reason;
}
