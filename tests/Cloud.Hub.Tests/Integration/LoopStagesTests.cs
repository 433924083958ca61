using Cloud.Hub.Bus;
using Cloud.Hub.Integration.Domain;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Integration;

public class LoopStagesTests
{
    private static readonly DateTimeOffset Noon = SampleFleet.Noon;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    [Fact]
    public void Before_anything_happened_all_eight_stages_are_idle() =>
        Assert.All(LoopStages.Start.At(Noon, Quiet), static stage => Assert.Equal((StageState.Idle, null), (stage.State, stage.At)));

    [Fact]
    public void A_device_that_streams_makes_sense_busy_until_it_falls_silent()
    {
        var stages = LoopStages.Start.After(new TelemetryReceived("harbour", "pump-1", new TelemetryBatch("run-7", [])), Noon);
        Assert.Equal((StageState.Busy, "pump-1 runs run-7"), Read(stages, StageName.Sense, Noon + Quiet));
        Assert.Equal(StageState.Idle, Read(stages, StageName.Sense, Noon + Quiet + TimeSpan.FromTicks(1)).State);
    }

    [Fact]
    public void Stored_facts_move_sync_and_store()
    {
        var batch = new FactBatch("harbour", "pump-1", 9, [new Fact(41, FactKind.Alarm, 1, default), new Fact(42, FactKind.Alarm, 2, default)]);
        var stages = LoopStages.Start.After(new FactsStored(batch), Noon);
        Assert.Equal((StageState.Busy, "pump-1 is acknowledged up to 42"), Read(stages, StageName.Sync));
        Assert.Equal((StageState.Busy, "2 facts of pump-1 on disk"), Read(stages, StageName.Store));
    }

    [Theory]
    [InlineData("training", StageState.Busy)]
    [InlineData("registered", StageState.Done)]
    [InlineData("rejected", StageState.Done)]
    [InlineData("failed", StageState.Failed)]
    [InlineData("cancelled", StageState.Idle)]
    public void Training_states_are_told_apart(string state, StageState expected) =>
        Assert.Equal(expected, Read(LoopStages.Start.After(new TrainingProgressed("t-1", state, 0.4, "epoch 4"), Noon), StageName.Learn).State);

    [Fact]
    public void A_training_run_stays_busy_however_long_it_says_nothing()
    {
        var stages = LoopStages.Start.After(new TrainingProgressed("t-1", "training", 0.4, "epoch 4"), Noon);
        Assert.Equal(StageState.Busy, Read(stages, StageName.Learn, Noon + TimeSpan.FromHours(1)).State);
    }

    [Fact]
    public void A_failed_gate_shows_in_rollout_and_its_reason_in_prove()
    {
        var stages = LoopStages.Start
            .After(new RolloutTransitioned("r-1", "canary", "observing", "passed", "200 windows, alarm rate 0.06"), Noon)
            .After(new RolloutTransitioned("r-1", "stage", "observing", "failed", "alarm rate 0.9 against 0.05"), Noon);
        Assert.Equal((StageState.Failed, "r-1 stage: observing → failed"), Read(stages, StageName.Rollout));
        Assert.Equal((StageState.Failed, "alarm rate 0.9 against 0.05"), Read(stages, StageName.Prove));
    }

    [Fact]
    public void A_verdict_stays_readable_while_evidence_goes_on_arriving()
    {
        var evidence = new ModelEvidence { Digest = SampleFleet.NewDigest, BootId = "b", RunId = "run-7", FromUs = 0, ToUs = 1, Windows = 20,
            AlarmWindows = 1 };
        var fresh = LoopStages.Start.After(new EvidenceReported("harbour", "pump-1", evidence), Noon);
        Assert.Equal((StageState.Busy, "pump-1: 1 of 20 windows alarmed with b71e40d2"), Read(fresh, StageName.Prove));
        var judged = fresh.After(new RolloutTransitioned("r-1", "", "running", "completed", "all groups passed"), Noon)
            .After(new EvidenceReported("harbour", "pump-1", evidence), Noon);
        Assert.Equal((StageState.Done, "all groups passed"), Read(judged, StageName.Prove));
    }

    private static (StageState State, string Detail) Read(LoopStages stages, StageName name, DateTimeOffset? at = null)
    {
        var stage = stages.At(at ?? Noon, Quiet)[(int)name];
        return (stage.State, stage.Detail);
    }
}
