using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference.HeadTuning;

/// <summary>A classifier without its last layer: window in, embedding out, as the very model that answers computes it.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class HeadEmbedding : IDisposable
{
    private readonly FeatureExtractor _extractor;
    private readonly Calibration _calibration;
    private readonly ModelSession _session;

    /// <param name="onnx">The package's graph; not kept.</param>
    /// <param name="headLength">Values of the head: weights (O, I), then bias (O,).</param>
    /// <exception cref="InferenceException">The model is no classifier, has no such head (<c>Head</c>), or the runtime refuses it.</exception>
    public HeadEmbedding(ModelManifest manifest, ReadOnlySpan<byte> onnx, int headLength)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var classes = manifest.Classes.Count;
        if (manifest.Head != ModelHead.Classes)
            throw new InferenceException("Head", $"model '{manifest.Name}' has head {manifest.Head}, only {ModelHead.Classes} is tuned.");
        if (classes < 2 || headLength <= classes || headLength % classes != 0)
            throw new InferenceException("Head", $"a head of {headLength} values is none of {classes} classes.");
        Width = (headLength / classes) - 1;
        _extractor = ManifestFeatures.Create(manifest);
        _calibration = Calibration.None(manifest.Channels.Count);
        var (graph, name) = HeadGraph.WithEmbedding(onnx, manifest.Output.Name, Width);
        _session = new ModelSession(graph, manifest.Input, new TensorSpec(name, [1, Width]), new SessionSettings());
    }

    /// <summary>Values of an embedding.</summary>
    public int Width { get; }

    /// <param name="window">Shape (C, T), row-major, raw values.</param>
    /// <returns>Shape (1, <see cref="Width"/>); overwritten by the next.</returns>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public ReadOnlySpan<float> Of(ReadOnlySpan<float> window)
    {
        _extractor.Extract(window, _calibration, _session.Input);
        _session.Run();
        return _session.Output;
    }

    public void Dispose() => _session.Dispose();
}
