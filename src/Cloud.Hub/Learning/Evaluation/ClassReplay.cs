using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Runs a classifier's package over recorded runs exactly as a device does, and counts the windows whose last row has a name.</summary>
/// <remarks>Slices are the runs and, as <c>class NAME</c>, the classes: a candidate may not buy one state with
/// another. As in <see cref="DeviceReplay"/> only kept rows are counted.</remarks>
internal static class ClassReplay
{
    /// <param name="classes">Names that count, in the order of the answers compared.</param>
    /// <exception cref="InferenceException">The package cannot run.</exception>
    public static EvaluationResult Run(
        ModelManifest manifest, ReadOnlyMemory<byte> onnx, IReadOnlyList<string> classes, FleetExperience experience, IEnumerable<RunRows> runs,
        CancellationToken cancellation)
    {
        using var classifier = new Classifier(manifest, onnx.Span, new SessionSettings());
        int[] answerOf = [.. manifest.Classes.Select(name => IndexOf(classes, name))];
        var slices = new SortedDictionary<string, SliceMetrics>(StringComparer.Ordinal);
        var answers = new List<int>();
        var pooled = new ClassScore(classes.Count);
        var right = new Dictionary<string, List<bool>> { [EvaluationResult.Pooled] = [] };
        var invalid = 0;
        foreach (var run in runs)
        {
            cancellation.ThrowIfCancellationRequested();
            var score = new ClassScore(classes.Count);
            var ofRun = new List<bool>();
            var window = new float[run.Channels * manifest.Window.Length];
            foreach (var row in ReplayedWindows.Of(run, manifest.Window.Length, manifest.Window.Stride, window))
            {
                var answer = classifier.Classify(window);
                if (!answer.IsValid) invalid++;
                answers.Add(answer.Class);
                if (!answer.IsValid || experience.NamedTruth(run, row) is not { } name) continue;
                if (IndexOf(classes, name) is not (>= 0 and var truth)) continue;
                score.Add(truth, answerOf[answer.Class]);
                var isRight = answerOf[answer.Class] == truth;
                ofRun.Add(isRight);
                right[EvaluationResult.Pooled].Add(isRight);
                if (!right.TryGetValue(SliceOf(classes[truth]), out var ofClass)) right[SliceOf(classes[truth])] = ofClass = [];
                ofClass.Add(isRight);
            }

            if (score.Total == 0) continue;
            pooled.Add(score);
            var slice = slices.ContainsKey(run.RunId) ? $"{run.RunId}@{run.DeviceId}" : run.RunId;
            slices[slice] = Metrics(score.Total, score.MacroF1, score.Accuracy);
            right[slice] = ofRun;
        }

        for (var c = 0; c < classes.Count; c++)
        {
            if (pooled.Of(c) > 0) slices[SliceOf(classes[c])] = Metrics(pooled.Of(c), pooled.F1(c), pooled.Recall(c));
        }

        slices[EvaluationResult.Pooled] = pooled.Total == 0
            ? new SliceMetrics(0, 0, null, null, null) : Metrics(pooled.Total, pooled.MacroF1, pooled.Accuracy);
        return new EvaluationResult(slices, answers, new Dictionary<string, double>(), invalid) { Right = right };
    }

    private static string SliceOf(string name) => $"class {name}";

    private static SliceMetrics Metrics(int windows, double? f1, double accuracy) => new(windows, 0, f1, null, null) { Accuracy = accuracy };

    private static int IndexOf(IReadOnlyList<string> classes, string name)
    {
        for (var i = 0; i < classes.Count; i++)
        {
            if (string.Equals(classes[i], name, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }
}
