using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Runs a package over recorded runs exactly as a device does: calibrated on the run's own calibration rows, then
/// every window scored in time order by the device's <see cref="Detector"/>.</summary>
/// <remarks>
/// An archive holds the windows that devices kept, not every row: scored are all windows that lie in unbroken
/// stretches of kept rows, counted are their last rows whose truth is
/// known, calibration rows never; slices are those of <see cref="DetectorSlices"/>. Smoothing goes on over a break, as it would if the device had been asleep.
/// So these numbers compare two packages on equal terms; they are not
/// the score of whole recordings.
/// </remarks>
internal static class DeviceReplay
{
    /// <param name="runs">Held-out runs; those that cannot be calibrated are passed over.</param>
    /// <exception cref="InferenceException">The package cannot run.</exception>
    public static EvaluationResult Run(
        ModelManifest manifest, ReadOnlyMemory<byte> onnx, FleetExperience experience, IEnumerable<RunRows> runs, CancellationToken cancellation)
    {
        using var detector = new Detector(manifest, onnx.Span, new SessionSettings());
        var slices = new DetectorSlices();
        var answers = new List<int>();
        var areas = new Dictionary<string, double>();
        var untold = new UntoldAlarms();
        var invalid = 0;
        foreach (var run in runs)
        {
            cancellation.ThrowIfCancellationRequested();
            var calibration = run.CalibrationRows();
            if (calibration.Length / run.Channels < manifest.Window.Length) continue;
            detector.StartRun();
            detector.Calibrate(calibration);
            var counts = default(Confusion);
            var right = new List<bool>();
            var scores = new Dictionary<bool, List<double>> { [true] = [], [false] = [] };
            foreach (var (row, score) in Score(detector, manifest, run))
            {
                answers.Add(score.IsAlarm ? 1 : 0);
                if (!score.IsValid) invalid++;
                if (row.IsCalibration) continue;
                if (experience.Truth(run, row) is not { } anomalous)
                {
                    untold.Add(run.DeviceId, run.RunId, row.TimeUs, score.IsAlarm, score.Ratio);
                    continue;
                }

                counts = counts.Add(anomalous, score.IsAlarm);
                right.Add(anomalous == score.IsAlarm);
                if (experience.Fault(run, row) is { } fault) slices.AddFault(fault, score.IsAlarm);
                if (score.IsValid) scores[anomalous].Add(score.Smoothed);
            }

            if (counts.Rows == 0) continue;
            var slice = slices.Add(run, counts, right);
            if (scores.Values.All(some => some.Count > 0)) areas[slice] = AreaUnderCurve.Of(scores[true], scores[false]);
        }

        return new EvaluationResult(slices.ToMetrics(), answers, areas, invalid) { Untold = untold, Right = slices.Right };
    }

    private static IEnumerable<(RunRows.Row Row, DetectorScore Score)> Score(Detector detector, ModelManifest manifest, RunRows run)
    {
        var length = manifest.Window.Length;
        var window = new float[run.Channels * length];
        foreach (var row in ReplayedWindows.Of(run, length, manifest.Window.Stride, window)) yield return (row, detector.Score(window));
    }
}
