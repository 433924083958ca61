using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>A model of remaining life in the slot; owns it. It raises no alarm: rules judge what it tells. A band as wide as the
/// horizon counts as near to another answer, so such windows are kept for people to look at.</summary>
internal sealed class LifeScorer(string digest, LifeEstimator estimator) : IWindowScorer
{
    public string Digest => digest;

    public ModelManifest Manifest => estimator.Manifest;

    public bool IsCalibrated => estimator.Calibration is not null;

    public float Threshold => float.NaN;

    public void Calibrate(ReadOnlySpan<float> rows) => estimator.Calibrate(rows);

    public WindowScore Score(ReadOnlySpan<float> window)
    {
        var life = estimator.Estimate(window);
        return new WindowScore(
            float.NaN, float.NaN, IsAlarm: false, life.IsValid, (float)((life.High - life.Low) / estimator.HorizonS)) { Life = life };
    }

    public void StartRun() => estimator.StartRun();

    public void Dispose() => estimator.Dispose();
}
