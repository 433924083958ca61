using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Fits;

/// <summary>A fit from its package to its outcome. Blocks its thread; deterministic.</summary>
internal static class FitWork
{
    /// <param name="checkpoint">To go on from; one that is damaged or another fit's is passed over.</param>
    /// <param name="report">Called after each epoch, once its checkpoint may be kept.</param>
    /// <exception cref="OperationCanceledException">Cancelled; what was reported stands.</exception>
    public static FitOutcome Run(FitPackage package, byte[]? checkpoint, int threads, Action<EpochReport> report, CancellationToken cancellation)
    {
        try
        {
            using var plan = new FitPlan(package, threads);
            Checkpoint? kept = null;
            using var slices = new SliceJudge(plan.Recipe, package.Input, package.Judging, package.Header.JudgingRuns);
            var progress = new Follower(value => report(new EpochReport(value.Epoch, value.Epochs, value.Loss, value.Validation, kept!.ToBytes())
            {
                Slices = slices.Judge(kept.Average.Length > 0 ? kept.Average : kept.Values),
            }));
            var outcome = new Trainer(plan.Network, plan.Recipe.Loss(), plan.Settings)
                .Run(plan.Sets.Fresh, plan.Sets.Replay, plan.Sets.Validation, Resume(checkpoint), saved => kept = saved, progress, cancellation);
            if (outcome.Divergence is { } divergence && outcome.BestEpoch == 0) return new FitOutcome { Refusal = $"the fit {divergence}" };
            return new FitOutcome
            {
                Values = plan.Network.Values.ToArray(),
                Losses = outcome.Losses,
                Validations = outcome.Validations,
                BestEpoch = outcome.BestEpoch,
                Divergence = outcome.Divergence?.ToString(),
            };
        }
        catch (Exception e) when (e is TrainingRefusedException or ArgumentException)
        {
            return new FitOutcome { Refusal = e.Message };
        }
    }

    private static Checkpoint? Resume(byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : Checkpoint.FromBytes(bytes);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>On the fit's own thread, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Follower(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
