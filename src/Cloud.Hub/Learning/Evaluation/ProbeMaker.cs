using System.Buffers.Binary;
using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Records what a model answers to windows of a held-out run, so that each device can prove it on its own hardware.</summary>
internal static class ProbeMaker
{
    private const int MaxWindows = 16;

    /// <summary>Rows of the whole probe; calibration rows take at most half, but never less than one window.</summary>
    private const int MaxBytes = 48 << 10;

    // The two graphs of one model differ in how the processor rounds, as two processors do. Ten times
    // what they show leaves room for processors that were not tried.
    private const double ToleranceOfDifference = 10;
    private const double LeastTolerance = 1e-3;
    private const double MostTolerance = 0.2;

    /// <summary>Null: no run can be calibrated and has a window that the model answers, or a window is larger than a probe may be.</summary>
    /// <param name="runs">Runs that no fit has seen; the first that will do is taken, by name, so
    /// that releases of one model share their rows.</param>
    public static RecordedProbe? Make(ModelManifest manifest, ReadOnlyMemory<byte> onnx, IEnumerable<RunRows> runs)
    {
        foreach (var run in runs.OrderBy(run => run.RunId, StringComparer.Ordinal).ThenBy(run => run.DeviceId, StringComparer.Ordinal))
        {
            try
            {
                if (Make(manifest, onnx, run) is { } probe) return probe;
            }
            catch (InferenceException e) when (e.Code == "Calibration")
            {
                // A run whose first rows give no score: the next.
            }
        }

        return null;
    }

    private static RecordedProbe? Make(ModelManifest manifest, ReadOnlyMemory<byte> onnx, RunRows run)
    {
        var length = manifest.Window.Length;
        var rowBytes = run.Channels * sizeof(float);
        var isCalibrated = manifest.Head is not (ModelHead.Classes or ModelHead.RemainingLife);
        var healthy = isCalibrated ? run.CalibrationRows() : [];
        var calibrationRows = Math.Min(healthy.Length / run.Channels, Math.Max(length, MaxBytes / 2 / rowBytes));
        var count = Math.Min(MaxWindows, (MaxBytes - (calibrationRows * rowBytes)) / (length * rowBytes));
        if (count < 1 || (isCalibrated && calibrationRows < length)) return null;
        var calibration = Bytes(healthy.AsSpan(0, calibrationRows * run.Channels));
        var windows = Spread([.. run.Segments().SelectMany(segment => Windows(segment, length))], count);
        byte[] rows = [.. calibration, .. windows.SelectMany(window => window)];
        var answers = Answers(manifest, onnx.Span, new SessionSettings(), calibrationRows, rows);
        var others = Answers(manifest, onnx.Span, new SessionSettings { OptimisationLevel = OptimisationLevel.None }, calibrationRows, rows);
        var usable = Enumerable.Range(0, answers.Length).Where(i => answers[i].Concat(others[i]).All(float.IsFinite)).ToList();
        if (usable.Count == 0) return null;
        var difference = usable.Max(i => answers[i].Zip(others[i], static (answer, other) => ProbeRun.Distance(other, answer)).Max());
        return new RecordedProbe
        {
            CalibrationRows = calibrationRows,
            Rows = (byte[])[.. calibration, .. usable.SelectMany(i => windows[i])],
            Answers = [.. usable.SelectMany(i => answers[i])],
            Tolerance = Math.Clamp(ToleranceOfDifference * difference, LeastTolerance, MostTolerance),
        };
    }

    /// <summary>What the model answers to each window.</summary>
    private static float[][] Answers(ModelManifest manifest, ReadOnlySpan<byte> onnx, SessionSettings settings, int calibrationRows, byte[] rows)
    {
        if (manifest.Head == ModelHead.Classes)
        {
            using var classifier = new Classifier(manifest, onnx, settings);
            return [.. ProbeRun.Answers(classifier, rows).Chunk(manifest.Classes.Count)];
        }

        if (manifest.Head == ModelHead.RemainingLife)
        {
            using var estimator = new LifeEstimator(manifest, onnx, settings);
            return [.. ProbeRun.Answers(estimator, rows).Chunk(LifeEstimator.Quantiles)];
        }

        using var detector = new Detector(manifest, onnx, settings);
        return [.. ProbeRun.Answers(detector, calibrationRows, rows).Chunk(1)];
    }

    /// <summary>Windows side by side, each as the probe holds it.</summary>
    private static IEnumerable<byte[]> Windows(IReadOnlyList<RunRows.Row> segment, int length)
    {
        for (var from = 0; from + length <= segment.Count; from += length)
            yield return Bytes([.. segment.Skip(from).Take(length).SelectMany(row => row.Values)]);
    }

    /// <summary>So many of them, evenly over the run: what it shows early and late, healthy and not.</summary>
    private static List<byte[]> Spread(List<byte[]> all, int count)
    {
        count = Math.Min(count, all.Count);
        return [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];
    }

    private static byte[] Bytes(ReadOnlySpan<float> values)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        return bytes;
    }
}
