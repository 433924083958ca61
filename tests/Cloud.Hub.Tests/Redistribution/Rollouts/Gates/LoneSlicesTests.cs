using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

/// <summary>A canary of ten devices of which some are of a rare class, and many that keep the old model. What alarms on the
/// rare ones does so on every window; over all it is within the limit.</summary>
public class LoneSlicesTests
{
    private const int Devices = 500;

    [Fact]
    public void Good_on_average_and_bad_on_one_slice_is_bad()
    {
        var scene = Observing(rare: 2);
        for (var look = 0; look < 20 && scene.Rollout.StoppedBy is null; look++) Live(scene, alarming: 2);
        Assert.Equal((GateLimits.AlarmRate, true), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        Assert.Equal("hardware=rare", scene.Rollout.Groups[0].Evidence!.Metric(GateLimits.AlarmRate)!.Slice);
    }

    [Fact]
    public void One_device_that_alarms_is_waited_for_and_not_taken_for_its_slice()
    {
        var scene = Observing(rare: 1);
        for (var look = 0; look < 20; look++) Live(scene, alarming: 1);
        Assert.Equal((GroupState.Observing, null), (scene.Rollout.Groups[0].State, scene.Rollout.StoppedBy));
        // It was its machine, and it is well again.
        for (var look = 0; look < 200; look++) Live(scene, alarming: 0);
        Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
    }

    [Fact]
    public void One_of_two_devices_of_a_slice_that_goes_on_alarming_is_no_harm()
    {
        var scene = Observing(rare: 2);
        for (var look = 0; look < 60; look++) Live(scene, alarming: 1);
        Assert.Null(scene.Rollout.StoppedBy);
    }

    /// <summary>What decides at last is how many devices with the old model look like it.</summary>
    [Theory]
    [InlineData(0, GateLimits.AlarmRate)]
    [InlineData(10, null)]
    public void One_device_that_goes_on_alarming_stops_the_rollout_unless_others_with_the_old_model_do_the_same(int alike, string? word)
    {
        var scene = Observing(rare: 1);
        for (var look = 0; look < 20; look++) Live(scene, alarming: 1, alike);
        scene.Now += 1.5 * scene.Rollout.Request.Gate.MaximumWait;
        Live(scene, alarming: 1, alike);
        Assert.Equal((GroupState.Observing, null), (scene.Rollout.Groups[0].State, scene.Rollout.StoppedBy));
        scene.Now += scene.Rollout.Request.Gate.MaximumWait;
        Live(scene, alarming: 1, alike);
        Assert.Equal((word, false), (scene.Rollout.StoppedBy, scene.Rollout.IsHarmful));
        if (word is null) Assert.Equal(GroupState.Passed, scene.Rollout.Groups[0].State);
        else Assert.Contains("0 of 490 devices with the old model showed as much", scene.Rollout.Transitions[^1].Reason, StringComparison.Ordinal);
    }

    private static RolloutScene Observing(int rare)
    {
        var scene = new RolloutScene(
            Devices, new GatePolicy(), adjust: static request => request with { Groups = [new("canary", 0.02), new("full", 0.98)] }).Begun();
        var rares = scene.DevicesOf(0).Take(rare).Append(scene.DevicesOf(1)[^1]).ToHashSet();
        foreach (var (id, twin) in scene.Twins)
            scene.Twins[id] = twin with { Slices = [rares.Contains(id) ? "hardware=rare" : "hardware=common"] };
        scene.Look();
        return scene;
    }

    /// <summary>Forty windows of each device.</summary>
    /// <param name="alarming">So many of the canary alarm on all of them.</param>
    /// <param name="alike">So many of the others do.</param>
    private static void Live(RolloutScene scene, int alarming, int alike = 0)
    {
        foreach (var device in scene.DevicesOf(0)) scene.Evidence(device, RolloutScene.New, 40, alarming-- > 0 ? 40 : 2);
        foreach (var device in scene.DevicesOf(1)) scene.Evidence(device, RolloutScene.Old, 40, alike-- > 0 ? 40 : 2);
        scene.Look();
    }
}
