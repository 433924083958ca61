using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>A classifier of <c>Hmas.Inference</c> in the slot; owns it. It takes channels as they come, so there is
/// nothing to calibrate, and it raises no alarm: rules judge its classes.</summary>
internal sealed class ClassifierScorer(string digest, Classifier classifier) : IWindowScorer
{
    public string Digest => digest;

    public ModelManifest Manifest => classifier.Manifest;

    public bool IsCalibrated => true;

    public float Threshold => float.NaN;

    public void Calibrate(ReadOnlySpan<float> rows)
    {
    }

    public WindowScore Score(ReadOnlySpan<float> window)
    {
        var answer = classifier.Classify(window);
        return new WindowScore(float.NaN, float.NaN, IsAlarm: false, answer.IsValid, answer.Ratio)
        {
            Class = answer.Class,
            Probability = answer.Probability,
        };
    }

    public void StartRun()
    {
    }

    public void Dispose() => classifier.Dispose();
}
