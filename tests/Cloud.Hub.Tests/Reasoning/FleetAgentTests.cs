using Cloud.Hub.Bus;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using NSubstitute;

namespace Cloud.Hub.Tests.Reasoning;

public class FleetAgentTests
{
    [Fact]
    public async Task Runs_that_ended_while_no_hub_ran_are_a_reason_for_a_first_model()
    {
        await using var scene = new ReasoningScene();
        EndTwoRuns(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "train anomaly by reconstruction");
        Assert.Equal("fleet", Assert.Single(scene.Training.Runs).Request.RequestedBy);
    }

    [Fact]
    public async Task A_training_whose_beginning_the_agent_did_not_hear_of_is_found_and_not_begun_twice()
    {
        await using var scene = new ReasoningScene();
        scene.Training.Begun = () =>
        {
            scene.Training.Begun = null;
            throw new TimeoutException("the line broke");
        };
        EndTwoRuns(scene);
        await using var hub = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(hub, "train anomaly by reconstruction");
        Assert.Single(scene.Training.Runs);
    }

    [Fact]
    public async Task A_hub_killed_between_deciding_and_hearing_goes_on_with_the_training_it_began()
    {
        await using var scene = new ReasoningScene();
        var broken = new TaskCompletionSource();
        scene.Training.Begun = () =>
        {
            broken.TrySetResult();
            throw new TimeoutException("the line broke");
        };
        EndTwoRuns(scene);
        await using (var first = await scene.StartAsync(("StrategyPeriod", "00:00:01")))
        {
            await broken.Task;
            await first.CrashAsync();
        }

        scene.Training.Begun = null;
        await using var second = await scene.StartAsync();
        await ReasoningScene.DecidedAsync(second, "train anomaly by reconstruction");
        Assert.Single(scene.Training.Runs);
    }

    [Fact]
    public async Task A_training_that_broke_off_is_asked_for_again()
    {
        await using var scene = new ReasoningScene();
        EndTwoRuns(scene);
        await using var hub = await scene.StartAsync(("RetryTrainingAfter", "00:00:00.050"));
        await Eventually.HoldsAsync(() => scene.Training.Runs.Count == 1);
        scene.Training.End("train-1", "failed");
        await Eventually.HoldsAsync(() => scene.Training.Runs.Count == 2);
    }

    [Fact]
    public async Task Devices_and_labels_are_read_when_somebody_says_that_they_changed_and_not_each_period()
    {
        await using var scene = new ReasoningScene();
        foreach (var pump in new[] { "pump-1", "pump-2", "pump-3" }) scene.Fleet.Add(pump, "sha256:0");
        await using var hub = await scene.StartAsync(("IdleLookPeriod", "1.00:00:00"));
        await Eventually.HoldsAsync(() => scene.Training.FaultsRead == 1);
        await PassAsync(20);
        Assert.Equal(1, scene.Training.FaultsRead);

        scene.Training.Faults = [Fault("run-1"), Fault("run-2")];
        hub.Get<EventBus>().Publish(new LabelsAdded([]));
        await ReasoningScene.DecidedAsync(hub, "train anomaly by anomaly-logit");
        Assert.Equal("sha256:0", Assert.Single(scene.Training.Runs).Request.ParentDigest);
    }

    [Fact]
    public async Task Labels_that_nobody_told_of_are_found_after_a_while()
    {
        await using var scene = new ReasoningScene();
        foreach (var pump in new[] { "pump-1", "pump-2", "pump-3" }) scene.Fleet.Add(pump, "sha256:0");
        await using var hub = await scene.StartAsync(("IdleLookPeriod", "00:00:00.050"));
        await Eventually.HoldsAsync(() => scene.Training.FaultsRead > 0);
        scene.Training.Faults = [Fault("run-1"), Fault("run-2")];
        await ReasoningScene.DecidedAsync(hub, "train anomaly by anomaly-logit");
    }

    [Fact]
    public async Task A_candidate_that_no_rollout_takes_leaves_the_fleet_as_it_is_and_is_not_offered_again()
    {
        await using var scene = new ReasoningScene();
        scene.Rollouts.StartAsync(null!, default)
            .ReturnsForAnyArgs<RolloutView>(static _ => throw new RolloutRefusedException("a device is in another rollout"));
        EndTwoRuns(scene);
        await using var hub = await scene.StartAsync();
        await Eventually.HoldsAsync(() => scene.Training.Runs.Count == 1);
        scene.Training.End("train-1", "registered", "sha256:1");
        await ReasoningScene.DecidedAsync(hub, "leave the fleet as it is");
        await PassAsync(10);
        await scene.Rollouts.ReceivedWithAnyArgs(1).StartAsync(null!, default);
    }

    [Fact]
    public async Task A_verdict_longer_than_a_rollouts_reason_is_cut_and_rolled_out()
    {
        await using var scene = new ReasoningScene();
        string? fault = "nothing was asked for";
        scene.Rollouts.StartAsync(null!, default).ReturnsForAnyArgs<RolloutView>(call =>
        {
            fault = RolloutRules.Fault(call.Arg<RolloutRequest>() with { Digest = "sha256:1" });
            throw new RolloutRefusedException("that is all the test asks");
        });
        EndTwoRuns(scene);
        await using var hub = await scene.StartAsync();
        await Eventually.HoldsAsync(() => scene.Training.Runs.Count == 1);
        scene.Training.End("train-1", "registered", "sha256:1", new string('x', 2_000));
        await ReasoningScene.DecidedAsync(hub, "leave the fleet as it is");
        Assert.Null(fault);
    }

    private static void EndTwoRuns(ReasoningScene scene)
    {
        // Started in the same second they name their runs alike.
        scene.Run("pump-1", FactKind.RunEnded, "run-1");
        scene.Run("pump-2", FactKind.RunEnded, "run-1");
    }

    private static ConfirmedFault Fault(string run) => new("pump-1", run, run, "leak");

    /// <summary>As many of the scene's strategy periods pass.</summary>
    private static async Task PassAsync(int periods)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        for (var i = 0; i < periods; i++) await timer.WaitForNextTickAsync();
    }
}
