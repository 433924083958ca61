using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>Devices on their way back.</summary>
public class RolloutRestoreTests
{
    [Fact]
    public void A_device_that_had_no_model_goes_back_to_none()
    {
        var scene = new RolloutScene(1, previous: null).Begun();
        scene.Command(RolloutCommand.Restore);
        Assert.Equal([new WantedModel("d0", null, true)], scene.Look());
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }

    [Fact]
    public void A_changed_device_that_is_away_holds_the_restore_open_until_it_answers()
    {
        var scene = new RolloutScene(1).Observing();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Command(RolloutCommand.Restore);
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
        var scene = new RolloutScene(2, adjust: static request => request with { Groups = [new("all")] }).Observing();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Command(RolloutCommand.Restore);
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
        var scene = new RolloutScene(1).Observing();
        scene.Command(RolloutCommand.Restore);
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
        var scene = new RolloutScene(1).Observing();
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Command(RolloutCommand.Restore);
        scene.Look();
        scene.Look();
        scene.Twins["d0"] = scene.Twins["d0"] with { DesiredDigest = "sha256:third", DesiredRolloutId = "r2", DesiredIsRestore = false };
        Assert.Empty(scene.Look());
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal(
            "0 of 1 changed device back at what was there before, the others another rollout's", scene.Rollout.Transitions[^1].Reason);
    }

    [Fact]
    public void A_person_ends_a_restore_that_waits()
    {
        var scene = new RolloutScene(1).Observing();
        Assert.Same(scene.Rollout, RolloutOrders.Command(scene.Rollout, RolloutCommand.Force, "op", scene.Now));
        scene.Twins["d0"] = scene.Twins["d0"] with { Online = false };
        scene.Command(RolloutCommand.Restore);
        scene.Look();
        scene.Command(RolloutCommand.Force);
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
        Assert.Equal("ended by op; 1 changed device still on the way back", scene.Rollout.Transitions[^1].Reason);
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
    public void A_completed_rollout_can_be_taken_back()
    {
        var scene = new RolloutScene(1).Begun();
        scene.Work(0);
        scene.Look();
        scene.Look();
        Assert.Equal(RolloutState.Completed, scene.Rollout.State);
        scene.Command(RolloutCommand.Restore);
        Assert.Single(scene.Look());
        scene.ObeyAll();
        scene.Look();
        Assert.Equal(RolloutState.Restored, scene.Rollout.State);
    }
}
