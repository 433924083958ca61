using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Reasoning;
using Cloud.Hub.Reasoning.Fleet;

namespace Cloud.Hub.Tests.Reasoning;

public sealed class FleetStrategistTests
{
    private readonly ReasoningOptions _options = new() { RunsForFirstModel = 2, LabelledRunsForRetraining = 2 };
    private readonly FleetState _state = new();
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fleet_without_devices_is_left_alone()
    {
        _state.EndedRuns = ["r1", "r2"];
        Assert.Null(Decide(Seen(devices: 0)));
    }

    [Fact]
    public void The_first_model_waits_for_enough_ended_runs()
    {
        _state.EndedRuns = ["r1"];
        Assert.Null(Decide(Seen()));
        _state.EndedRuns.Add("r2");
        var train = Assert.IsType<FleetMove.Train>(Decide(Seen()));
        Assert.Equal((FleetStrategist.FirstRecipe, (string?)null), (train.Recipe, train.ParentDigest));
    }

    [Fact]
    public void Nothing_else_starts_while_a_training_goes_on()
    {
        StartFirst();
        Assert.Null(Decide(Seen() with { Training = new TrainingOutcome("training", null, "") }));
    }

    [Fact]
    public void A_registered_candidate_is_rolled_out_once()
    {
        StartFirst();
        var registered = Seen() with { Training = new TrainingOutcome("registered", "sha256:1", "better") };
        var rollOut = Assert.IsType<FleetMove.RollOut>(Decide(registered));
        Assert.Equal("sha256:1", rollOut.Digest);
        Started(rollOut, "rollout-1");
        Assert.Null(Decide(registered with { RolloutState = "running" }));
        Started(Assert.IsType<FleetMove.ForgetRollout>(Decide(registered with { RolloutState = "completed" })), null);
        Assert.Null(_state.AwaitedRollout);
    }

    [Theory]
    [InlineData("rejected")]
    [InlineData("cancelled")]
    public void A_training_without_a_candidate_leaves_the_fleet_as_it_is(string state)
    {
        StartFirst();
        var move = Assert.IsType<FleetMove.ForgetTraining>(Decide(Seen() with { Training = new TrainingOutcome(state, null, "not better") }));
        Assert.Contains("not better", move.Reason, StringComparison.Ordinal);
        Started(move, null);
        Assert.Null(Decide(Seen()));    // the same runs are no new reason
    }

    [Fact]
    public void A_training_that_broke_off_is_asked_for_again_each_time_after_a_longer_wait()
    {
        StartFirst();
        foreach (var wait in new[] { 60, 120, 240 })
        {
            Started(Assert.IsType<FleetMove.ForgetTraining>(Decide(Seen() with { Training = new TrainingOutcome("failed", null, "no disk") })), null);
            _now += TimeSpan.FromSeconds(wait - 1);
            Assert.Null(Decide(Seen()));
            _now += TimeSpan.FromSeconds(1);
            Started(Assert.IsType<FleetMove.Train>(Decide(Seen())), "again");
        }
    }

    [Fact]
    public void Labels_of_a_training_that_broke_off_are_learned_from_after_all_and_the_teacher_waits_for_that()
    {
        Started(Decide(Active("r1", "r2"))!, "run-2");
        Started(Decide(Active("r1", "r2") with { Training = new TrainingOutcome("failed", null, "killed") })!, null);
        Assert.Null(Decide(Active("r1", "r2")));
        _now += _options.RetryTrainingAfter;
        Assert.Equal(["pump/r1", "pump/r2"], Assert.IsType<FleetMove.Train>(Decide(Active("r1", "r2"))).Runs.Order());
    }

    [Fact]
    public void Retraining_waits_for_enough_newly_labelled_runs_and_names_the_parent()
    {
        Assert.Null(Decide(Active("r1")));
        var train = Assert.IsType<FleetMove.Train>(Decide(Active("r1", "r2")));
        Assert.Equal((FleetStrategist.LabelledRecipe, "sha256:0"), (train.Recipe, train.ParentDigest));
        Started(train, "run-2");
        Started(new FleetMove.ForgetTraining(""), null);
        Started(new FleetMove.TrainTeacher(""), "run-3");
        Assert.Null(Decide(Active("r1", "r2", "r3")));
        Assert.IsType<FleetMove.Train>(Decide(Active("r1", "r2", "r3", "r4")));
    }

    [Fact]
    public void Blocks_of_one_endless_run_count_as_runs_do_and_faults_of_one_block_once()
    {
        Assert.Null(Decide(Active([Fault("run"), Fault("run"), Fault("run", "valve")])));
        var train = Assert.IsType<FleetMove.Train>(Decide(Active([Fault("run"), Fault("run", "valve"), Fault("run#7"), Fault("run#9")])));
        Assert.Equal(["pump/run", "pump/run#7", "pump/run#9"], train.Runs.Order(StringComparer.Ordinal));
        Assert.StartsWith("3 recordings with confirmed faults", train.Reason, StringComparison.Ordinal);
        Assert.EndsWith("leak 3, valve 1, on 1 devices", train.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_faults_that_are_all_of_another_kind_none_could_be_held_out()
    {
        Assert.Null(Decide(Active([Fault("r1"), Fault("r2", "valve"), Fault("r3", "cavitation")])));
        Assert.IsType<FleetMove.Train>(Decide(Active([Fault("r1"), Fault("r2", "valve"), Fault("r1", device: "other")])));
    }

    [Fact]
    public void The_teacher_is_trained_after_the_candidate_and_beside_its_rollout()
    {
        Started(Decide(Active("r1", "r2"))!, "run-2");
        Assert.Null(Decide(Active("r1", "r2") with { Training = new TrainingOutcome("training", null, "") }));
        Started(Decide(Active("r1", "r2") with { Training = new TrainingOutcome("registered", "sha256:2", "") })!, "rollout-2");
        var move = Assert.IsType<FleetMove.TrainTeacher>(Decide(Active("r1", "r2") with { RolloutState = "running" }));
        Started(move, "run-3");
        Assert.Null(Decide(Active("r1", "r2") with { RolloutState = "running" }));
    }

    private void StartFirst()
    {
        _state.EndedRuns = ["r1", "r2"];
        Started(Decide(Seen())!, "run-1");
    }

    private FleetMove? Decide(FleetSnapshot seen) => FleetStrategist.Decide(_state, seen with { Now = _now }, _options);

    private void Started(FleetMove move, string? id) => FleetStrategist.Started(_state, move, id, _options, _now);

    private static FleetSnapshot Seen(int devices = 6) => new() { Now = default, Devices = devices };

    private static FleetSnapshot Active(params string[] faulty) => Active([.. faulty.Select(run => Fault(run))]);

    private static FleetSnapshot Active(IReadOnlyList<ConfirmedFault> faults) => Seen() with { ActiveDigest = "sha256:0", Faults = faults };

    private static ConfirmedFault Fault(string block, string kind = "leak", string device = "pump") => new(device, block, block, kind);
}
