namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The strategic agent's thinking, without clock or I/O: when to train, on what, and whether the fleet gets what came out.</summary>
internal static class FleetStrategist
{
    public const string FirstRecipe = "reconstruction";
    public const string LabelledRecipe = "anomaly-logit";
    public const string TeacherRecipe = "teacher";

    /// <summary>The next thing to do; null when there is nothing. What it returns is taken as done in <paramref name="state"/> by <see cref="Started"/>.</summary>
    public static FleetMove? Decide(FleetState state, FleetSnapshot seen, ReasoningOptions options)
    {
        if (seen.Devices == 0) return null;
        if (state.AwaitedTeacher is not null && seen.Teacher is { HasEnded: true } teacher) return new FleetMove.ForgetTeacher($"teacher {teacher.State}");
        if (state is { TeacherDue: true, AwaitedTraining: null, AwaitedTeacher: null }) return new FleetMove.TrainTeacher("new labels that the teacher has not learned from");
        if (state.AwaitedRollout is not null)
            return seen.RolloutState is "completed" or "restored" or "cancelled" ? new FleetMove.ForgetRollout($"rollout ended {seen.RolloutState}") : null;
        if (state.AwaitedTraining is not null) return AfterTraining(state, seen);

        if (seen.ActiveDigest is null)
        {
            var fresh = state.EndedRuns.Except(state.RunsTrainedOn).ToHashSet();
            return fresh.Count < options.RunsForFirstModel
                ? null
                : new FleetMove.Train(FirstRecipe, options.ModelName, null, fresh, $"{fresh.Count} machine runs have ended and the fleet has no model");
        }

        var labelled = seen.AnomalousRuns.Except(state.RunsTrainedOn).ToHashSet();
        return labelled.Count < options.LabelledRunsForRetraining
            ? null
            : new FleetMove.Train(LabelledRecipe, options.ModelName, seen.ActiveDigest, labelled, $"{labelled.Count} runs with confirmed faults that the active model has not learned from");
    }

    /// <summary>Remembers that a move was carried out.</summary>
    /// <param name="id">Of the training run or rollout it started.</param>
    public static void Started(FleetState state, FleetMove move, string? id)
    {
        switch (move)
        {
            case FleetMove.Train train:
                state.AwaitedTraining = id;
                state.RunsTrainedOn.UnionWith(train.Runs);
                state.TeacherDue |= train.Recipe == LabelledRecipe;
                break;
            case FleetMove.TrainTeacher:
                state.AwaitedTeacher = id;
                state.TeacherDue = false;
                break;
            case FleetMove.RollOut rollOut:
                state.AwaitedTraining = null;
                state.AwaitedRollout = id;
                state.Offered.Add(rollOut.Digest);
                break;
            case FleetMove.ForgetTraining:
                state.AwaitedTraining = null;
                break;
            case FleetMove.ForgetRollout:
                state.AwaitedRollout = null;
                break;
            case FleetMove.ForgetTeacher:
                state.AwaitedTeacher = null;
                break;
        }
    }

    private static FleetMove? AfterTraining(FleetState state, FleetSnapshot seen)
    {
        if (seen.Training is not { HasEnded: true } training) return null;
        if (training is not { State: "registered", CandidateDigest: { } digest }) return new FleetMove.ForgetTraining($"training ended {training.State}: {training.Message}");
        return state.Offered.Contains(digest)
            ? new FleetMove.ForgetTraining($"{digest} was offered before")
            : new FleetMove.RollOut(digest, $"candidate passed its held-out test: {training.Message}");
    }
}

/// <summary>Something the fleet's agent does, with its reason.</summary>
internal abstract record FleetMove(string Reason)
{
    /// <param name="Runs">The runs that gave the reason.</param>
    public sealed record Train(string Recipe, string ModelName, string? ParentDigest, IReadOnlySet<string> Runs, string Reason) : FleetMove(Reason);

    public sealed record TrainTeacher(string Reason) : FleetMove(Reason);

    public sealed record RollOut(string Digest, string Reason) : FleetMove(Reason);

    public sealed record ForgetTraining(string Reason) : FleetMove(Reason);

    public sealed record ForgetRollout(string Reason) : FleetMove(Reason);

    public sealed record ForgetTeacher(string Reason) : FleetMove(Reason);
}
