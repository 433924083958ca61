using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

/// <summary>A canary and a control that share their sites, and report when they please.</summary>
public class SlicesTests
{
    /// <summary>More than are judged by themselves.</summary>
    private const int Sites = 40;

    [Fact]
    public void A_group_does_not_wait_for_slices_that_nobody_judges()
    {
        var scene = Observing();
        for (var look = 0; look < 8; look++)
        {
            Live(scene, group: 0, RolloutScene.New, isAlarming: false);
            Live(scene, group: 1, RolloutScene.Old, isAlarming: false);
            scene.Look();
        }

        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void A_slice_is_compared_though_its_devices_and_the_control_never_report_in_the_same_look()
    {
        var scene = Observing();
        for (var look = 0; look < 16; look++)
        {
            // Of one site the group reports, of its neighbour the control.
            Live(scene, group: look % 2, look % 2 == 0 ? RolloutScene.New : RolloutScene.Old, isAlarming: false, site => site % 2 == 0);
            Live(scene, group: 1 - (look % 2), look % 2 == 0 ? RolloutScene.Old : RolloutScene.New, isAlarming: false, site => site % 2 == 1);
            scene.Look();
        }

        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void A_bad_site_is_told_though_its_devices_and_the_control_never_report_in_the_same_look()
    {
        var scene = Observing();
        for (var look = 0; look < 40 && scene.Rollout.StoppedBy is null; look++)
        {
            Live(scene, group: 0, RolloutScene.New, isAlarming: true, site => site == 3 && look % 2 == 0);
            Live(scene, group: 1, RolloutScene.Old, isAlarming: false, site => site == 3 && look % 2 == 1);
            Live(scene, group: 0, RolloutScene.New, isAlarming: false, static site => site != 3);
            Live(scene, group: 1, RolloutScene.Old, isAlarming: false, static site => site != 3);
            scene.Look();
        }

        Assert.Equal((GateLimits.AlarmRate, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.Equal("site=s3", scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!.Slice);
    }

    /// <summary>Two devices of each site in the canary, two that keep the old model.</summary>
    private static RolloutScene Observing()
    {
        var scene = new RolloutScene(
            4 * Sites, new GatePolicy(), adjust: static request => request with { Groups = [new("canary", 0.5), new("full", 0.5)] }).Begun();
        for (var group = 0; group < 2; group++)
        {
            var devices = scene.DevicesOf(group);
            for (var i = 0; i < devices.Count; i++) scene.Twins[devices[i]] = scene.Twins[devices[i]] with { Slices = [Site(i % Sites)] };
        }

        scene.Look();
        return scene;
    }

    private static void Live(RolloutScene scene, int group, string digest, bool isAlarming, Func<int, bool>? isAt = null)
    {
        var devices = scene.DevicesOf(group);
        for (var i = 0; i < devices.Count; i++)
        {
            if (isAt?.Invoke(i % Sites) ?? true) scene.Evidence(devices[i], digest, 40, isAlarming ? 40 : 2);
        }
    }

    private static string Site(int site) => string.Create(CultureInfo.InvariantCulture, $"site=s{site}");
}
