using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>A detector of <c>Hmas.Inference</c> in the slot; owns it.</summary>
internal sealed class DetectorScorer(string digest, Detector detector) : ISlidingScorer
{
    public string Digest => digest;

    public ModelManifest Manifest => detector.Manifest;

    public bool IsCalibrated => detector.IsCalibrated;

    public float Threshold => detector.Threshold;

    public bool Slides => detector.Slides;

    public void Calibrate(ReadOnlySpan<float> rows) => detector.Calibrate(rows);

    public WindowScore Score(ReadOnlySpan<float> window) => Told(detector.Score(window));

    public WindowScore ScoreNext(ReadOnlySpan<float> row) => Told(detector.ScoreNext(row));

    public void StartRun() => detector.StartRun();

    public void Dispose() => detector.Dispose();

    private static WindowScore Told(DetectorScore score) => new(score.Raw, score.Smoothed, score.IsAlarm, score.IsValid, score.Ratio);
}
