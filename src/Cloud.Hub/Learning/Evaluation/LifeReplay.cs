using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Runs a package that tells remaining life over recorded runs exactly as a device does, and compares with the failures that came.</summary>
/// <remarks>Slices are the runs and, as of <see cref="LifeRecipe.SliceOf"/>, the quarters of life. Life beyond the horizon counts as the horizon.</remarks>
internal static class LifeReplay
{
    /// <summary>An answer is right when its median lies no further from the truth, as a share of the horizon.</summary>
    private const double RightWithin = 0.2;

    private const int Tenths = 10;

    /// <exception cref="InferenceException">The package cannot run.</exception>
    public static EvaluationResult Run(
        ModelManifest manifest, ReadOnlyMemory<byte> onnx, FleetExperience experience, IEnumerable<RunRows> runs, CancellationToken cancellation)
    {
        using var estimator = new LifeEstimator(manifest, onnx.Span, new SessionSettings());
        var horizon = manifest.RemainingLife!.HorizonRows;
        var told = new List<(string Run, string Part, Answer Answer)>();
        var answers = new List<int>();
        var invalid = 0;
        foreach (var run in runs)
        {
            cancellation.ThrowIfCancellationRequested();
            var window = new float[run.Channels * manifest.Window.Length];
            foreach (var row in ReplayedWindows.Of(run, manifest.Window.Length, manifest.Window.Stride, window))
            {
                var life = estimator.Estimate(window);
                if (!life.IsValid) invalid++;
                answers.Add(life.IsValid ? (int)(Tenths * life.Median / estimator.HorizonS) : -1);
                if (!life.IsValid || experience.RowsLeft(run, row) is not { } left) continue;
                var truth = Math.Min(left, horizon) / manifest.RateHz;
                told.Add(($"{run.RunId}@{run.DeviceId}", LifeRecipe.SliceOf(LifeRecipe.StepOf(left, horizon)), new Answer(
                    Math.Abs(life.Median - truth) / estimator.HorizonS, life.Low <= truth && truth <= life.High)));
            }
        }

        var slices = new SortedDictionary<string, SliceMetrics>(StringComparer.Ordinal) { [EvaluationResult.Pooled] = Metrics(told) };
        foreach (var slice in told.GroupBy(answer => answer.Run).Concat(told.GroupBy(answer => answer.Part))) slices[slice.Key] = Metrics(slice);
        var right = told.GroupBy(answer => answer.Run).Concat(told.GroupBy(answer => answer.Part))
            .Concat(told.GroupBy(static _ => EvaluationResult.Pooled))
            .ToDictionary(slice => slice.Key, slice => slice.Select(answer => answer.Answer.IsRight).ToList());
        return new EvaluationResult(
            slices, answers, told.GroupBy(answer => answer.Run).ToDictionary(run => run.Key, run => 1 - run.Average(answer => answer.Answer.Error)),
            invalid) { Right = right };
    }

    private static SliceMetrics Metrics(IEnumerable<(string Run, string Part, Answer Answer)> told)
    {
        var answers = told.Select(answer => answer.Answer).ToList();
        if (answers.Count == 0) return new SliceMetrics(0, 0, null, null, null);
        return new SliceMetrics(answers.Count, 0, null, null, null)
        {
            Accuracy = answers.Average(answer => answer.IsRight ? 1.0 : 0),
            LifeError = answers.Average(answer => answer.Error),
            Held = answers.Average(answer => answer.IsHeld ? 1.0 : 0),
        };
    }

    /// <param name="Error">Of the median, as a share of the horizon.</param>
    /// <param name="IsHeld">The band holds the truth.</param>
    private readonly record struct Answer(double Error, bool IsHeld)
    {
        public bool IsRight => Error <= RightWithin;
    }
}
