using System.IO.Enumeration;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>Holds the strategic agent's state, lets <see cref="FleetStrategist"/> think, and carries out what it decides: one turn at a time.</summary>
internal sealed class FleetAgent(
    [PersistentState("fleet", DecisionBook.GrainStorage)] IPersistentState<FleetState> state,
    IFleet fleet, IFeedback feedback, ITrainingRuns training, IRollouts rollouts, DecisionBook decisions, ReasoningOptions options) : Grain, IFleetAgent
{
    private const string Name = "fleet";

    public async Task RunEndedAsync(string runId)
    {
        if (state.State.EndedRuns.Add(runId)) await state.WriteStateAsync();
    }

    public async Task ConsiderAsync()
    {
        var cancellation = CancellationToken.None;
        if (FleetStrategist.Decide(state.State, await LookAsync(cancellation), options) is not { } move) return;
        try
        {
            var id = await CarryOutAsync(move, cancellation);
            FleetStrategist.Started(state.State, move, id);
            await state.WriteStateAsync();
            await decisions.AddAsync(Name, Describe(move), move.Reason, cancellation);
        }
        catch (RolloutRefusedException e) when (move is FleetMove.RollOut rollOut)
        {
            FleetStrategist.Started(state.State, rollOut, id: null);
            await state.WriteStateAsync();
            await decisions.AddAsync(Name, "leave the fleet as it is", e.Message, cancellation);
        }
    }

    private async Task<string?> CarryOutAsync(FleetMove move, CancellationToken cancellation)
    {
        switch (move)
        {
            case FleetMove.Train train:
                return await StartTrainingAsync(train.ModelName, train.Recipe, train.ParentDigest, cancellation);
            case FleetMove.TrainTeacher:
                return await StartTrainingAsync(FleetStrategist.TeacherRecipe, FleetStrategist.TeacherRecipe, parent: null, cancellation);
            case FleetMove.RollOut rollOut:
                var rollout = await rollouts.StartAsync(
                    new RolloutRequest
                    {
                        Digest = rollOut.Digest,
                        Gate = options.Gate,
                        ShadowWindows = options.ShadowWindows,
                        HealthWindows = options.HealthWindows,
                        RequestedBy = Name,
                        Reason = rollOut.Reason,
                    },
                    cancellation);
                return rollout.RolloutId;
            default:
                return null;
        }
    }

    private Task<string> StartTrainingAsync(string model, string recipe, string? parent, CancellationToken cancellation) => training.StartAsync(
        new TrainingRequest { ModelName = model, Recipe = recipe, ParentDigest = parent, HeldOutRuns = options.HeldOutRuns, Seed = options.Seed, RequestedBy = Name },
        cancellation);

    private async Task<FleetSnapshot> LookAsync(CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var labels = await feedback.LabelsAsync(null, null, cancellation);
        return new FleetSnapshot
        {
            Devices = devices.Count,
            ActiveDigest = devices.Select(device => device.Reported?.ActiveDigest).OfType<string>().GroupBy(digest => digest).MaxBy(group => group.Count())?.Key,
            AnomalousRuns = AnomalousRuns(labels),
            Training = await OutcomeAsync(state.State.AwaitedTraining, cancellation),
            Teacher = await OutcomeAsync(state.State.AwaitedTeacher, cancellation),
            RolloutState = state.State.AwaitedRollout is { } id ? (await rollouts.FindAsync(id, cancellation))?.State ?? "cancelled" : null,
        };
    }

    private HashSet<string> AnomalousRuns(IReadOnlyList<OutcomeLabel> labels) =>
        [.. labels.Where(label => label.IsAnomaly).Select(label => label.RunId).OfType<string>()
            .Where(run => !options.HeldOutRuns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, run)))];

    private async Task<TrainingOutcome?> OutcomeAsync(string? runId, CancellationToken cancellation)
    {
        if (runId is null) return null;
        return await training.RunAsync(runId, cancellation) is { } run
            ? new TrainingOutcome(run.State, run.CandidateDigest, run.Message)
            : new TrainingOutcome("failed", null, "the training run is unknown to Learning");
    }

    private static string Describe(FleetMove move) => move switch
    {
        FleetMove.Train train => $"train {train.ModelName} by {train.Recipe}",
        FleetMove.TrainTeacher => "train the teacher",
        FleetMove.RollOut rollOut => $"roll out {rollOut.Digest}",
        _ => "go on",
    };
}
