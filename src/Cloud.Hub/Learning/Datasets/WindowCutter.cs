using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Cuts model windows out of runs and turns them into features with the device's own code, normalised by the run's own calibration rows.</summary>
/// <remarks>A run with less than half of the calibration rows is left out: the device would not be calibrated either. Times and places choose and label windows; they are never in them.</remarks>
internal sealed class WindowCutter(FleetExperience experience, FeatureRecipe recipe, WindowSpec window, int calibrationRows)
{
    /// <summary>Share of the policy's calibration rows that a run must have.</summary>
    public const double MinCalibrationShare = 0.5;

    private readonly FeatureExtractor _extractor = new(recipe, experience.Channels.Count, window.Length, experience.RateHz);

    /// <summary>(1, R, T).</summary>
    public IReadOnlyList<int> TensorShape => _extractor.OutputShape;

    /// <summary>Whether a run can be normalised.</summary>
    public bool IsCalibrated(RunRows run) => run.CalibrationRows().Length / run.Channels >= Math.Max(window.Length, MinCalibrationShare * calibrationRows);

    /// <summary>Windows of a run, <paramref name="stride"/> rows apart within each unbroken stretch.</summary>
    public IEnumerable<LabelledWindow> Cut(RunRows run, int stride)
    {
        var calibration = Calibration.Fit(run.CalibrationRows(), run.Channels, recipe);
        var raw = new float[run.Channels * window.Length];
        var features = new float[_extractor.OutputLength];
        var shape = new Shape(_extractor.OutputShape[^1], _extractor.OutputShape[1]);
        foreach (var segment in run.Segments())
        {
            for (var end = window.Length - 1; end < segment.Count; end += stride)
            {
                Fill(segment, end, raw);
                _extractor.Extract(raw, calibration, features);
                var last = segment[end];
                yield return LabelledWindow.Of(features, shape, experience.Truth(run, last), last.IsCalibration) with { IsNew = experience.IsNew(run, last) };
            }
        }
    }

    private void Fill(IReadOnlyList<RunRows.Row> segment, int end, float[] raw)
    {
        for (var t = 0; t < window.Length; t++)
        {
            var values = segment[end - window.Length + 1 + t].Values;
            for (var c = 0; c < values.Length; c++) raw[(c * window.Length) + t] = values[c];
        }
    }
}
