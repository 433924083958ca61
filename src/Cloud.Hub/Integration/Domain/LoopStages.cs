using System.Collections.Immutable;
using Cloud.Hub.Bus;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Integration.Domain;

/// <summary>Where the loop stands, from what happened: a pure reducer over hub events. Immutable.</summary>
internal sealed class LoopStages
{
    private readonly ImmutableArray<LoopStage> _stages;

    private LoopStages(ImmutableArray<LoopStage> stages) => _stages = stages;

    public static LoopStages Start { get; } = new(
        [.. Enum.GetValues<StageName>().Select(static stage => new LoopStage(stage, StageState.Idle, "", null))]);

    /// <summary>The stages as they read at <paramref name="now"/>: those fed all the time are idle
    /// once nothing came for <paramref name="quiet"/>.</summary>
    public IReadOnlyList<LoopStage> At(DateTimeOffset now, TimeSpan quiet) =>
        [.. _stages.Select(stage => stage.State == StageState.Busy && IsFedAllTheTime(stage.Stage) && now - stage.At > quiet
            ? stage with { State = StageState.Idle } : stage)];

    public LoopStages After(HubEvent happened, DateTimeOffset now) => happened switch
    {
        TelemetryReceived telemetry => With(StageName.Sense, StageState.Busy, $"{telemetry.DeviceId} runs {telemetry.Batch.RunId}", now),
        PresenceChanged { Presence.Online: false } presence =>
            With(StageName.Sync, StageState.Busy, $"{presence.DeviceId} is offline; its facts wait on its disk", now),
        PresenceChanged presence => With(StageName.Sync, StageState.Busy, $"{presence.DeviceId} is online", now),
        FactsStored { Batch: var batch } => With(StageName.Sync, StageState.Busy, $"{batch.DeviceId} is acknowledged up to {batch.LastSequence}", now)
            .With(StageName.Store, StageState.Busy, $"{Count(batch.Facts.Count, "fact")} of {batch.DeviceId} on disk", now),
        AlarmChanged { Alarm: var alarm } changed =>
            With(StageName.Judge, StageState.Busy,
                alarm.Raised ? $"{changed.DeviceId} raised {alarm.RuleId}" : $"{changed.DeviceId} ended {alarm.RuleId}", now),
        LabelsAdded { Labels: var labels } => With(StageName.Judge, StageState.Done, $"{Count(labels.Count, "label")} joined", now),
        TrainingProgressed training => With(StageName.Learn, OfTraining(training.State), Training(training), now),
        ModelRegistered { Manifest: var manifest } registered =>
            With(StageName.Sign, StageState.Done, $"{manifest.Name} release {manifest.Release}, {Short(registered.Digest)}", now),
        RolloutTransitioned rollout => With(StageName.Rollout, OfRollout(rollout.To), $"{Where(rollout)}: {rollout.From} → {rollout.To}", now)
            .With(StageName.Prove, OfProof(rollout.To), rollout.Reason, now),
        SlotReported { Report: { State: SlotState.Refused or SlotState.Returned } report } slot =>
            With(StageName.Rollout, StageState.Busy,
                $"{slot.DeviceId} {(report.State == SlotState.Refused ? "refused" : "returned from")} {Short(report.Digest)}: {report.Reason}", now),
        SlotReported { Report: { State: SlotState.Active or SlotState.Committed } report } slot =>
            With(StageName.Rollout, StageState.Busy, $"{slot.DeviceId} answers with {Short(report.Digest)}", now),
        EvidenceReported { Evidence: var evidence } reported => WithEvidence(reported.DeviceId, evidence, now),
        _ => this,
    };

    private LoopStages WithEvidence(string deviceId, ModelEvidence evidence, DateTimeOffset now) =>
        _stages[(int)StageName.Prove].State is StageState.Failed or StageState.Done
            ? this    // a verdict stays readable until the next rollout moves
            : With(StageName.Prove, StageState.Busy,
                $"{deviceId}: {evidence.AlarmWindows} of {evidence.Windows} windows alarmed with {Short(evidence.Digest)}", now);

    private LoopStages With(StageName stage, StageState state, string detail, DateTimeOffset now) =>
        new(_stages.SetItem((int)stage, new LoopStage(stage, state, detail, now)));

    private static bool IsFedAllTheTime(StageName stage) =>
        stage is StageName.Sense or StageName.Sync or StageName.Store or StageName.Judge or StageName.Prove;

    private static StageState OfTraining(string state) => state switch
    {
        "registered" or "rejected" => StageState.Done,
        "failed" => StageState.Failed,
        "cancelled" => StageState.Idle,
        _ => StageState.Busy,
    };

    private static string Training(TrainingProgressed training)
    {
        var share = OfTraining(training.State) == StageState.Busy ? $" {Math.Clamp(training.Progress, 0, 1):P0}" : "";
        return training.Message.Length == 0 ? $"{training.State}{share}" : $"{training.State}{share}: {training.Message}";
    }

    private static StageState OfRollout(string to) => to switch
    {
        "completed" => StageState.Done,
        "restored" or "failed" or "restoring" => StageState.Failed,
        "cancelled" => StageState.Idle,
        _ => StageState.Busy,
    };

    private static StageState OfProof(string to) => to switch
    {
        "passed" or "completed" => StageState.Done,
        "failed" or "restoring" or "restored" => StageState.Failed,
        "cancelled" => StageState.Idle,
        _ => StageState.Busy,
    };

    private static string Where(RolloutTransitioned rollout) =>
        rollout.Group.Length == 0 ? rollout.RolloutId : $"{rollout.RolloutId} {rollout.Group}";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static string Short(string digest)
    {
        var hex = digest.AsSpan(digest.IndexOf(':') + 1);
        return hex[..Math.Min(hex.Length, 8)].ToString();
    }
}
