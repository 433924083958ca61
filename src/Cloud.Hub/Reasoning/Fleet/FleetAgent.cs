using System.IO.Enumeration;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>Holds the strategic agent's state, lets <see cref="FleetStrategist"/> think, and
/// carries out what it decides: one turn at a time.</summary>
/// <remarks>What it begins elsewhere is stored as an intent first. A turn that broke off finds its training or rollout by
/// what was asked for and when, and begins it only if it is not there.</remarks>
internal sealed class FleetAgent(
    [PersistentState("fleet", DecisionBook.GrainStorage)] IPersistentState<FleetState> state,
    IFleet fleet, ITrainingRuns training, IRollouts rollouts, DecisionBook decisions, ReasoningOptions options, TimeProvider time)
        : Grain, IFleetAgent
{
    private const string Name = "fleet";

    // Read while there is nothing to wait for; null: to be read at the next turn.
    private IdleLook? _look;

    public async Task RunsEndedAsync(IReadOnlyList<string> runIds)
    {
        // Only a fleet without a model counts them.
        if (_look?.ActiveDigest is not null) return;
        var added = 0;
        foreach (var run in runIds) added += state.State.EndedRuns.Add(run) ? 1 : 0;
        if (added == 0) return;
        _look = null;
        await state.WriteStateAsync();
    }

    public Task LabelsCameAsync()
    {
        _look = null;
        return Task.CompletedTask;
    }

    public async Task ConsiderAsync()
    {
        var cancellation = CancellationToken.None;
        if (state.State.Intent is null)
        {
            if (FleetStrategist.Decide(state.State, await LookAsync(cancellation), options) is not { } move) return;
            if (move is not (FleetMove.Train or FleetMove.TrainTeacher or FleetMove.RollOut))
            {
                await ConcludeAsync(move, null, "go on", move.Reason, cancellation);
                return;
            }

            state.State.Intent = new FleetIntent(move, time.GetUtcNow());
            await state.WriteStateAsync();
        }

        await CarryOutAsync(state.State.Intent, cancellation);
    }

    private async Task CarryOutAsync(FleetIntent intent, CancellationToken cancellation)
    {
        switch (intent.Move)
        {
            case FleetMove.Train train:
                await ConcludeAsync(
                    train, await TrainAsync(train.ModelName, train.Recipe, train.ParentDigest, intent.DecidedAt, cancellation),
                    $"train {train.ModelName} by {train.Recipe}", train.Reason, cancellation);
                break;
            case FleetMove.TrainTeacher teacher:
                await ConcludeAsync(
                    teacher, await TrainAsync(FleetStrategist.TeacherRecipe, FleetStrategist.TeacherRecipe, null, intent.DecidedAt, cancellation),
                    "train the teacher", teacher.Reason, cancellation);
                break;
            case FleetMove.RollOut rollOut:
                await RollOutAsync(rollOut, intent.DecidedAt, cancellation);
                break;
        }
    }

    private async Task ConcludeAsync(FleetMove move, string? id, string decision, string reason, CancellationToken cancellation)
    {
        FleetStrategist.Started(state.State, move, id, options, time.GetUtcNow());
        state.State.Intent = null;
        _look = null;
        await state.WriteStateAsync(cancellation);
        await decisions.AddAsync(Name, decision, reason, cancellation);
    }

    private async Task<string> TrainAsync(string model, string recipe, string? parent, DateTimeOffset decidedAt, CancellationToken cancellation)
    {
        var begun = (await training.RunsAsync(cancellation)).FirstOrDefault(run =>
            run.StartedAt >= decidedAt && run.Request.RequestedBy == Name && run.Request.ModelName == model && run.Request.Recipe == recipe
            && run.Request.ParentDigest == parent);
        return begun?.RunId ?? await training.StartAsync(
            new TrainingRequest { ModelName = model, Recipe = recipe, ParentDigest = parent, HeldOutRuns = options.HeldOutRuns, Seed = options.Seed,
                RequestedBy = Name },
            cancellation);
    }

    private async Task RollOutAsync(FleetMove.RollOut move, DateTimeOffset decidedAt, CancellationToken cancellation)
    {
        try
        {
            var rollout =
                (await rollouts.ListAsync(cancellation)).FirstOrDefault(begun => begun.StartedAt >= decidedAt && begun.Request.RequestedBy == Name
                    && begun.Request.Digest == move.Digest)
                ?? await rollouts.StartAsync(
                    new RolloutRequest
                    {
                        Digest = move.Digest,
                        Gate = options.Gate,
                        ShadowWindows = options.ShadowWindows,
                        HealthWindows = options.HealthWindows,
                        RequestedBy = Name,
                        // A verdict may say more than a rollout keeps; the run has all of it.
                        Reason = move.Reason.Length <= RolloutRules.MaxReason ? move.Reason : $"{move.Reason[..(RolloutRules.MaxReason - 1)]}…",
                    },
                    cancellation);
            await ConcludeAsync(move, rollout.RolloutId, $"roll out {move.Digest}", move.Reason, cancellation);
        }
        catch (RolloutRefusedException e)
        {
            await ConcludeAsync(move, null, "leave the fleet as it is", e.Message, cancellation);
        }
    }

    private async Task<FleetSnapshot> LookAsync(CancellationToken cancellation)
    {
        var seen = new FleetSnapshot
        {
            Now = time.GetUtcNow(),
            Training = await OutcomeAsync(state.State.AwaitedTraining, cancellation),
            Teacher = await OutcomeAsync(state.State.AwaitedTeacher, cancellation),
            RolloutState = state.State.AwaitedRollout is { } id ? (await rollouts.FindAsync(id, cancellation))?.State ?? "cancelled" : null,
        };
        if (!FleetStrategist.IsIdle(state.State)) return seen;

        // Every device and every label, so only when somebody said that they changed, or after a while.
        if (_look is null || seen.Now - _look.At >= options.IdleLookPeriod) _look = await IdleLookAsync(seen.Now, cancellation);
        return seen with { Devices = _look.Devices, ActiveDigest = _look.ActiveDigest, Faults = _look.Faults };
    }

    private async Task<IdleLook> IdleLookAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var active = devices.Select(static device => device.Reported?.ActiveDigest).OfType<string>().CountBy(static digest => digest)
            .Select(static pair => ((string, int)?)(pair.Key, pair.Value)).MaxBy(static pair => pair!.Value.Item2)?.Item1;
        if (active is not null && state.State.EndedRuns.Count > 0)
        {
            state.State.EndedRuns = [];
            await state.WriteStateAsync(cancellation);
        }

        // A fleet without a model gets one from healthy rows: faults do not matter yet.
        return new IdleLook(now, devices.Count, active, active is null ? [] : Learnable(await training.FaultsAsync(cancellation)));
    }

    private List<ConfirmedFault> Learnable(IReadOnlyList<ConfirmedFault> faults) =>
        [.. faults.Where(fault => !options.HeldOutRuns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, fault.RunId)))];

    private async Task<TrainingOutcome?> OutcomeAsync(string? runId, CancellationToken cancellation)
    {
        if (runId is null) return null;
        return await training.RunAsync(runId, cancellation) is { } run
            ? new TrainingOutcome(run.State, run.CandidateDigest, run.Verdict.Length > 0 ? run.Verdict : run.Message)
            : new TrainingOutcome("failed", null, "the training run is unknown to Learning");
    }

    private sealed record IdleLook(DateTimeOffset At, int Devices, string? ActiveDigest, IReadOnlyList<ConfirmedFault> Faults);
}
