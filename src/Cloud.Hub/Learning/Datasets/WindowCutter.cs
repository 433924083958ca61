using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Cuts model windows out of runs and turns them into features with the device's own code, normalised by
/// the run's own calibration rows where the recipe normalises.</summary>
/// <remarks>A run with less than half of the calibration rows is left out: the device would not be calibrated either.
/// Times and places choose and label windows; they are never in them.</remarks>
internal sealed class WindowCutter(FleetExperience experience, FeatureRecipe recipe, WindowSpec window, int calibrationRows)
{
    /// <summary>Share of the policy's calibration rows that a run must have.</summary>
    public const double MinCalibrationShare = 0.5;

    private readonly FeatureExtractor _extractor = new(recipe, experience.Channels.Count, window.Length, experience.RateHz);

    /// <summary>(T, R) of a window's features; a vector is one row.</summary>
    public Shape Input =>
        _extractor.OutputShape.Count == 3 ? new Shape(_extractor.OutputShape[2], _extractor.OutputShape[1]) : new Shape(1, _extractor.OutputShape[1]);

    /// <summary>Whether a run can be normalised.</summary>
    public bool IsCalibrated(RunRows run) =>
        run.CalibrationRows().Length / run.Channels >= Math.Max(window.Length, MinCalibrationShare * calibrationRows);

    /// <summary>Windows of a run, <paramref name="stride"/> rows apart within each unbroken stretch.</summary>
    public IEnumerable<LabelledWindow> Cut(RunRows run, int stride) => Cut(run, stride, static _ => LabelledWindow.NoClass);

    /// <summary>As <see cref="Cut(RunRows, int)"/>, with classes.</summary>
    /// <param name="classOf">From the name of a window's last row, null where nobody gave one.</param>
    public IEnumerable<LabelledWindow> CutNamed(RunRows run, int stride, Func<string?, int> classOf) =>
        Cut(run, stride, row => classOf(experience.NamedTruth(run, row)));

    /// <param name="classOf">From a window's last row.</param>
    public IEnumerable<LabelledWindow> Cut(RunRows run, int stride, Func<RunRows.Row, int> classOf)
    {
        var calibration = recipe.Normalisation == Normalisation.None
            ? Calibration.None(run.Channels) : Calibration.Fit(run.CalibrationRows(), run.Channels, recipe);
        var raw = new float[run.Channels * window.Length];
        var features = new float[_extractor.OutputLength];
        foreach (var (segment, end) in Ends(run, stride))
        {
            Fill(segment, end, raw);
            _extractor.Extract(raw, calibration, features);
            var last = segment[end];
            yield return LabelledWindow.Of(features, Input, experience.Truth(run, last), last.IsCalibration) with
            {
                IsNew = experience.IsNew(run, last), Class = classOf(last), Run = run.RunId, IsPlainlyNormal = IsPlainlyNormal(run, segment, end),
            };
        }
    }

    private bool IsPlainlyNormal(RunRows run, IReadOnlyList<RunRows.Row> segment, int end)
    {
        for (var i = end - recipe.SmoothingLength + 1; i <= end; i++)
        {
            if (segment[i].IsCalibration || experience.Truth(run, segment[i]) != false) return false;
        }

        return true;
    }

    /// <summary>Names of the last rows of a run's windows; null where nobody gave one.</summary>
    public IEnumerable<string?> Names(RunRows run, int stride) =>
        LastRows(run, stride).Select(row => experience.NamedTruth(run, row));

    /// <summary>Last rows of a run's windows.</summary>
    public IEnumerable<RunRows.Row> LastRows(RunRows run, int stride) => Ends(run, stride).Select(static place => place.Segment[place.End]);

    private IEnumerable<(IReadOnlyList<RunRows.Row> Segment, int End)> Ends(RunRows run, int stride)
    {
        foreach (var segment in run.Segments())
        {
            for (var end = window.Length - 1; end < segment.Count; end += stride) yield return (segment, end);
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
