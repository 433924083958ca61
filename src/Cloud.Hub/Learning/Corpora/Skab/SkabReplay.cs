using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Signals.Streaming;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>A file's answers as a device gives them: calibrated on its first rows, then one row at a time, nothing of the rows to come.</summary>
/// <param name="Scores">Smoothed, one a row; 0 where nothing is answered yet.</param>
/// <param name="Alarms">One a row.</param>
/// <param name="Changes">One a row.</param>
/// <param name="WindowUs">Features and inference, mean of a window.</param>
internal sealed record SkabReplay(float[] Scores, bool[] Alarms, bool[] Changes, double WindowUs)
{
    public static SkabReplay Run(Detector detector, SkabFile file)
    {
        var result = new SkabReplay(new float[file.Count], new bool[file.Count], new bool[file.Count], 0);
        if (file.Count <= SkabFile.CalibrationRows) return result;
        var channels = SkabFolder.Channels.Count;
        var calibration = file.Rows.AsSpan(0, SkabFile.CalibrationRows * channels);
        detector.Calibrate(calibration);
        var changes = new ChangepointDetector(channels);
        changes.Calibrate(calibration);
        var window = new float[channels * detector.Manifest.Window.Length];
        var ticks = 0L;
        for (var row = SkabFile.CalibrationRows; row < file.Count; row++)
        {
            SkabWindows.Turn(file.Rows, row, window);
            var started = Stopwatch.GetTimestamp();
            var score = detector.Score(window);
            ticks += Stopwatch.GetTimestamp() - started;
            result.Scores[row] = score.Smoothed;
            result.Alarms[row] = score.IsAlarm;
            result.Changes[row] = changes.Add(file.Rows.AsSpan(row * channels, channels)) > 0;
        }

        return result with { WindowUs = Stopwatch.GetElapsedTime(0, ticks).TotalMicroseconds / (file.Count - SkabFile.CalibrationRows) };
    }

    /// <summary>Counts behind the calibration rows.</summary>
    public Confusion Against(IReadOnlyList<bool> anomalous)
    {
        var counts = default(Confusion);
        for (var row = SkabFile.CalibrationRows; row < Alarms.Length; row++) counts = counts.Add(anomalous[row], Alarms[row]);
        return counts;
    }
}
