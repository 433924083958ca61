using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

/// <summary>Devices that refuse a model, come back from it, or say what their digest does not.</summary>
public class FailedDeviceTests
{
    /// <summary>Half of a hundred devices say nothing at all; one of the others failed.</summary>
    [Theory]
    [InlineData(0.02, 0.6, "model-failures")]
    [InlineData(0.021, 0.4, "silence")]
    [InlineData(0.021, 0.6, null)]
    public void Failures_are_counted_over_those_that_spoke_and_silence_has_a_limit_of_its_own(double failed, double silent, string? word)
    {
        var gate = RolloutScene.Gate(100, (GateLimits.ModelFailures, failed)) with { MaximumSilentShare = silent };
        var scene = new RolloutScene(98, gate, offline: 49, adjust: request => request with { Groups = [new("all")] }).Begun();
        scene.Report(scene.Told.First(id => scene.Twins[id].Online), SlotState.Returned, RolloutScene.New, RolloutScene.Old, "health");
        scene.Work(0);
        scene.Now += TimeSpan.FromMinutes(11);
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
        var scene = new RolloutScene(10).Begun();
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
        var scene = new RolloutScene(1, adjust: static request => request with { Groups = [new("all")] }).Observing();
        Assert.Equal(SlotState.Committed, scene.Rollout.Devices[0].State);
        scene.Twins["d0"] = scene.Twins["d0"] with { ActiveDigest = RolloutScene.Old };
        scene.Work(0);
        scene.Look();
        Assert.Equal(("model-failures", RolloutState.Restoring), (scene.Rollout.StoppedBy, scene.Rollout.State));
    }
}
