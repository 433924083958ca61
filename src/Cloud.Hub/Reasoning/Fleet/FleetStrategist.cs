using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The strategic agent's thinking, without clock or I/O: when to train, on what, and whether the fleet gets what came out.</summary>
internal static class FleetStrategist
{
    public const string FirstRecipe = "reconstruction";
    public const string LabelledRecipe = "anomaly-logit";
    public const string TeacherRecipe = "teacher";

    private const int LeastOfAKind = 2;
    private const int MostNamed = 5;

    /// <summary>The wait after failed trainings doubles so many times at most.</summary>
    private const int MostDoublings = 6;

    /// <summary>Whether it waits for nothing, so that devices and labels matter.</summary>
    public static bool IsIdle(FleetState state) => state is { AwaitedTraining: null, AwaitedRollout: null };

    /// <summary>The next thing to do; null when there is nothing. What it returns is taken as done in
    /// <paramref name="state"/> by <see cref="Started"/>.</summary>
    public static FleetMove? Decide(FleetState state, FleetSnapshot seen, ReasoningOptions options)
    {
        if (state.AwaitedTeacher is not null && seen.Teacher is { HasEnded: true } teacher)
            return new FleetMove.ForgetTeacher($"teacher {teacher.State}");
        if (state is { TeacherDue: true, AwaitedTraining: null, AwaitedTeacher: null })
            return new FleetMove.TrainTeacher("new labels that the teacher has not learned from");
        if (state.AwaitedRollout is not null)
            return seen.RolloutState is "completed" or "restored" or "cancelled"
                ? new FleetMove.ForgetRollout($"rollout ended {seen.RolloutState}") : null;
        if (state.AwaitedTraining is not null) return AfterTraining(state, seen);
        if (seen.Devices == 0 || seen.Now < state.NotBefore) return null;

        if (seen.ActiveDigest is null)
        {
            var fresh = state.EndedRuns.Except(state.RunsTrainedOn).ToList();
            return fresh.Count < options.RunsForFirstModel
                ? null
                : new FleetMove.Train(
                    FirstRecipe, options.ModelName, null, fresh, $"{fresh.Count} machine runs have ended and the fleet has no model");
        }

        return AfterFaults(state, seen.ActiveDigest, seen.Faults, options);
    }

    /// <summary>Faults that began in one block of a run count once: they are learnt from, or held out, together.</summary>
    private static FleetMove.Train? AfterFaults(FleetState state, string active, IReadOnlyList<ConfirmedFault> faults, ReasoningOptions options)
    {
        var blocks = faults.ToLookup(static fault => FleetRun.Of(fault.DeviceId, fault.Block));
        var fresh = blocks.Where(block => !state.RunsTrainedOn.Contains(block.Key)).ToList();
        if (fresh.Count < options.LabelledRunsForRetraining) return null;
        // One of a kind is learnt from, and nothing is left to show by that it was.
        var kinds = blocks.SelectMany(static block => block.Select(static fault => fault.Fault).Distinct(StringComparer.OrdinalIgnoreCase))
            .CountBy(static fault => fault, StringComparer.OrdinalIgnoreCase).OrderByDescending(static kind => kind.Value)
            .ThenBy(static kind => kind.Key, StringComparer.Ordinal).ToList();
        if (kinds[0].Value < LeastOfAKind) return null;
        var devices = faults.Select(static fault => fault.DeviceId).Distinct().Count();
        var named = string.Join(", ", kinds.Take(MostNamed).Select(static kind => $"{kind.Key} {kind.Value}"));
        return new FleetMove.Train(
            LabelledRecipe, options.ModelName, active, [.. fresh.Select(static block => block.Key)],
            $"{fresh.Count} recordings with confirmed faults that the active model has not learned from; all so far: {named}, on {devices} devices");
    }

    /// <summary>Remembers that a move was carried out.</summary>
    /// <param name="id">Of the training run or rollout it started.</param>
    public static void Started(FleetState state, FleetMove move, string? id, ReasoningOptions options, DateTimeOffset now)
    {
        switch (move)
        {
            case FleetMove.Train train:
                state.AwaitedTraining = id;
                state.AwaitedRuns = [.. train.Runs];
                state.RunsTrainedOn.UnionWith(train.Runs);
                state.TeacherDue |= train.Recipe == LabelledRecipe;
                break;
            case FleetMove.TrainTeacher:
                state.AwaitedTeacher = id;
                state.TeacherDue = false;
                break;
            case FleetMove.RollOut rollOut:
                ForgetTraining(state);
                state.Failures = 0;
                state.AwaitedRollout = id;
                state.Offered.Add(rollOut.Digest);
                break;
            case FleetMove.ForgetTraining { Failed: true }:
                // The same labels are a reason again, for the teacher too, once the wait is over.
                state.RunsTrainedOn.ExceptWith(state.AwaitedRuns);
                state.TeacherDue = false;
                state.NotBefore = now + (options.RetryTrainingAfter * Math.Pow(2, Math.Min(state.Failures, MostDoublings)));
                state.Failures++;
                ForgetTraining(state);
                break;
            case FleetMove.ForgetTraining:
                state.Failures = 0;
                ForgetTraining(state);
                break;
            case FleetMove.ForgetRollout:
                state.AwaitedRollout = null;
                break;
            case FleetMove.ForgetTeacher:
                state.AwaitedTeacher = null;
                break;
        }
    }

    private static void ForgetTraining(FleetState state)
    {
        state.AwaitedTraining = null;
        state.AwaitedRuns = [];
    }

    private static FleetMove? AfterTraining(FleetState state, FleetSnapshot seen)
    {
        if (seen.Training is not { HasEnded: true } training) return null;
        if (training is not { State: "registered", CandidateDigest: { } digest })
            return new FleetMove.ForgetTraining($"training ended {training.State}: {training.Message}", Failed: training.State == "failed");
        return state.Offered.Contains(digest)
            ? new FleetMove.ForgetTraining($"{digest} was offered before")
            : new FleetMove.RollOut(digest, training.Message);
    }
}
