using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Edge.Agent.Perception.Inference;

/// <summary>Makes the scorer that a model's head asks for.</summary>
internal static class WindowScorers
{
    /// <param name="digest">Of the package.</param>
    /// <param name="onnx">The graph; not kept.</param>
    /// <exception cref="InferenceException">The manifest contradicts itself or the graph, or ONNX Runtime refuses it.</exception>
    public static IWindowScorer Open(string digest, ModelManifest manifest, ReadOnlySpan<byte> onnx) => manifest.Head switch
    {
        ModelHead.Classes => new ClassifierScorer(digest, new Classifier(manifest, onnx, new SessionSettings())),
        ModelHead.RemainingLife => new LifeScorer(digest, new LifeEstimator(manifest, onnx, new SessionSettings())),
        _ => new DetectorScorer(digest, new Detector(manifest, onnx, new SessionSettings())),
    };
}
