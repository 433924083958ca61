using System.Diagnostics;
using Edge.Agent.Perception.Inference;
using Hmas.Contracts.Models;

namespace Edge.Tests.Perception.Inference;

/// <summary>Scores a window by its newest value of the first channel; alarms above 10 times the largest calibration value.</summary>
internal sealed class FakeScorer(string digest, IReadOnlyList<string> channels, int length = 3, int calibrationRows = 4) : IWindowScorer
{
    public string Digest => digest;

    public ModelManifest Manifest { get; init; } = new()
    {
        Name = digest,
        Release = 1,
        OnnxDigest = "sha256:0",
        OnnxBytes = 1,
        Channels = channels,
        RateHz = 1,
        Window = new WindowSpec(length, 1),
        Recipe = new FeatureRecipe(),
        Input = new TensorSpec("x", [1, channels.Count, length]),
        Output = new TensorSpec("y", [1, channels.Count, length]),
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy { CalibrationRows = calibrationRows },
        Precision = "float32",
        Lineage = new Lineage { RunId = "test", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "test" },
    };

    public bool IsCalibrated { get; private set; }

    public float Threshold { get; private set; }

    public int Calibrations { get; private set; }

    public int Scored { get; private set; }

    public bool Throws { get; set; }

    /// <summary>Processor time that each score takes.</summary>
    public TimeSpan Busy { get; set; }

    public bool IsDisposed { get; private set; }

    public float[] LastRows { get; private set; } = [];

    public void Calibrate(ReadOnlySpan<float> rows)
    {
        LastRows = rows.ToArray();
        Threshold = 10 * LastRows.Max();
        IsCalibrated = true;
        Calibrations++;
    }

    public WindowScore Score(ReadOnlySpan<float> window)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (Throws) throw new InvalidOperationException("native session broke");
        Scored++;
        for (var from = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(from) < Busy;) Thread.SpinWait(10);
        var score = window[length - 1];
        return new WindowScore(score, score, score > Threshold, float.IsFinite(score), score / Threshold);
    }

    public void StartRun() => IsCalibrated = false;

    public void Dispose() => IsDisposed = true;
}
