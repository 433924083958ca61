using Edge.Agent.Perception.Windows;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;

namespace Edge.Agent.Perception.Inference;

/// <summary>A model with the window it wants of this device: channel mapping, calibration state, whether it broke.</summary>
internal sealed class ScorerSeat
{
    private readonly FrameHistory _history;
    private readonly int[] _channels;
    private readonly ISlidingScorer? _sliding;
    private readonly float[] _row;

    // Frame of the run that ends the window scored last; 0: none that the next one could go on from.
    private long _scoredFrame;

    /// <exception cref="ArgumentException">The device cannot feed this model; the message says why.</exception>
    public ScorerSeat(IWindowScorer scorer, FrameHistory history, IReadOnlyList<SensorChannel> channels, double rateHz)
    {
        var manifest = scorer.Manifest;
        if (Math.Abs(manifest.RateHz - rateHz) > 1e-6 * rateHz)
        {
            throw new ArgumentException($"model {manifest.Name} wants {manifest.RateHz} Hz, the device samples at {rateHz} Hz");
        }

        if (manifest.Window.Length < 1 || manifest.Window.Length > history.Capacity)
        {
            throw new ArgumentException($"model {manifest.Name} wants windows of {manifest.Window.Length} rows, the device keeps {history.Capacity}");
        }

        var takesRaw = manifest.Head == ModelHead.Classes
            || (manifest.Head == ModelHead.RemainingLife && manifest.Recipe.Normalisation == Normalisation.None);
        var rows = takesRaw ? null : (int?)manifest.Threshold.CalibrationRows;
        if (rows < manifest.Window.Length || rows > history.MaxCalibrationRows)
        {
            throw new ArgumentException(
                $"model {manifest.Name} wants {rows} calibration rows; at least its window of {manifest.Window.Length} and at most {history.MaxCalibrationRows} can be had");
        }

        var map = new int[manifest.Channels.Count];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = IndexOf(channels, manifest.Channels[i]);
            if (map[i] < 0) throw new ArgumentException($"model {manifest.Name} wants channel '{manifest.Channels[i]}', which the device has not");
        }

        _history = history;
        _channels = map;
        _sliding = scorer is ISlidingScorer { Slides: true } sliding ? sliding : null;
        // Every channel in the device's order: the newest row as it is.
        _row = map.AsSpan().SequenceEqual(Enumerable.Range(0, history.Channels).ToArray()) ? history.LastValue : new float[map.Length];
        Scorer = scorer;
        Window = new WindowBuilder(history, map, manifest.Window.Length, manifest.Window.Stride);
        CalibrationRows = rows;
        AskScorer();
    }

    public IWindowScorer Scorer { get; }

    public WindowBuilder Window { get; }

    /// <summary>Rows that it is fitted to at the start of a run; null: it takes the channels as they come.</summary>
    public int? CalibrationRows { get; }

    /// <summary>The model threw in this run and is asked again only in the next one, or after a swap:
    /// a broken native session may take long to fail.</summary>
    public bool IsBroken { get; set; }

    public bool IsCalibrated { get; private set; }

    /// <summary>Meaningless before calibration.</summary>
    public float Threshold { get; private set; }

    public bool IsCalibrationDue => !IsCalibrated && _history.HealthyRows >= CalibrationRows;

    /// <summary>Another run begins: the model forgets calibration and smoothing.</summary>
    public void StartRun()
    {
        IsBroken = false;
        _scoredFrame = 0;
        Scorer.StartRun();
        AskScorer();
    }

    /// <summary>Scores the window that ends with the newest frame; the row before it having been scored, that row alone is new.</summary>
    public WindowScore Score()
    {
        var follows = _sliding is not null && _scoredFrame > 0 && _scoredFrame == _history.Frames - 1;
        _scoredFrame = _history.Frames;
        if (!follows) return Scorer.Score(Window.Build());
        if (!ReferenceEquals(_row, _history.LastValue))
        {
            for (var i = 0; i < _row.Length; i++) _row[i] = _history.LastValue[_channels[i]];
        }

        return _sliding!.ScoreNext(_row);
    }

    /// <summary>The name of a score's class; null without one.</summary>
    public string? ClassOf(in WindowScore score) => score.Class < 0 ? null : Scorer.Manifest.Classes[score.Class];

    /// <summary>Fits the model to the rows kept of this run. May allocate.</summary>
    public void Calibrate()
    {
        _scoredFrame = 0;
        var count = CalibrationRows!.Value;
        var rows = new float[count * Window.ChannelCount];
        _history.CopyCalibrationRows(count, Window.Channels, rows);
        Scorer.Calibrate(rows);
        AskScorer();
    }

    private void AskScorer() => (IsCalibrated, Threshold) = (Scorer.IsCalibrated, Scorer.Threshold);

    private static int IndexOf(IReadOnlyList<SensorChannel> channels, string name)
    {
        for (var i = 0; i < channels.Count; i++)
        {
            if (channels[i].Name == name) return i;
        }

        return -1;
    }
}
