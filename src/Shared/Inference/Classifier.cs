using System.Numerics.Tensors;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference;

/// <summary>A model with head <see cref="ModelHead.Classes"/> and its manifest, as the device and the hub's
/// scoring run it: window in, calibrated probabilities out.</summary>
/// <remarks>Channels are taken as they come. One thread at a time.</remarks>
public sealed class Classifier : IDisposable
{
    private readonly FeatureExtractor _extractor;
    private readonly Calibration _calibration;
    private readonly ModelSession _session;
    private readonly float[] _probabilities;

    /// <param name="onnx">The model; not kept. Its digest is the caller's to check.</param>
    /// <exception cref="InferenceException">The head is another (<c>Head</c>), the recipe cannot run (<c>Recipe</c>), the tensors do not
    /// fit (<c>Shape</c>, <c>Name</c>, <c>Type</c>), or ONNX Runtime refuses the model.</exception>
    public Classifier(ModelManifest manifest, ReadOnlySpan<byte> onnx, SessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.Head != ModelHead.Classes)
            throw new InferenceException("Head", $"model '{manifest.Name}' has head {manifest.Head}, a classifier runs {ModelHead.Classes}.");
        if (!(manifest.Temperature > 0 && double.IsFinite(manifest.Temperature)))
            throw new InferenceException("Head", $"temperature {manifest.Temperature} of model '{manifest.Name}' is not above 0 and finite.");
        Manifest = manifest;
        _extractor = ManifestFeatures.Create(manifest);
        if (manifest.Classes.Count < 2 || !manifest.Output.Shape.SequenceEqual([1, manifest.Classes.Count]))
            throw new InferenceException(
                "Shape", $"output '{manifest.Output.Name}': {manifest.Classes.Count} classes need (1, {manifest.Classes.Count}) and at least 2, the manifest says {ManifestFeatures.Text(manifest.Output.Shape)}.");
        _calibration = Calibration.None(manifest.Channels.Count);
        _probabilities = new float[manifest.Classes.Count];
        _session = new ModelSession(onnx, manifest.Input, manifest.Output, settings);
    }

    public ModelManifest Manifest { get; }

    /// <summary>Of the last window, in the order of <see cref="ModelManifest.Classes"/>; they sum to 1. Overwritten by the next.</summary>
    public ReadOnlySpan<float> Probabilities => _probabilities;

    /// <param name="window">Shape (C, T), row-major, raw values; NaN is missing and counts as 0.</param>
    /// <remarks>No allocation.</remarks>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public ClassPrediction Classify(ReadOnlySpan<float> window)
    {
        _extractor.Extract(window, _calibration, _session.Input);
        _session.Run();
        if (!TensorPrimitives.IsFiniteAll(_session.Output))
        {
            _probabilities.AsSpan().Fill(float.NaN);
            return new ClassPrediction(-1, float.NaN, float.NaN);
        }

        // Largest logit first: no exponential then overflows.
        var best = TensorPrimitives.IndexOfMax(_session.Output);
        TensorPrimitives.Subtract(_session.Output, _session.Output[best], _probabilities);
        TensorPrimitives.Divide(_probabilities, (float)Manifest.Temperature, _probabilities);
        TensorPrimitives.Exp(_probabilities, _probabilities);
        TensorPrimitives.Divide(_probabilities, TensorPrimitives.Sum<float>(_probabilities), _probabilities);
        var second = 0f;
        for (var i = 0; i < _probabilities.Length; i++)
        {
            if (i != best)
                second = Math.Max(second, _probabilities[i]);
        }
        return new ClassPrediction(best, _probabilities[best], _probabilities[best] - second) { SetSize = SetSize() };
    }

    /// <summary>Whether a class belongs to the prediction set of the last window.</summary>
    /// <exception cref="InvalidOperationException">The manifest has no prediction set.</exception>
    public bool IsInSet(int index) => Manifest.PredictionSet is { } set
        ? _probabilities[index] >= set.LeastProbability || index == TensorPrimitives.IndexOfMax<float>(_probabilities)
        : throw new InvalidOperationException($"Model '{Manifest.Name}' has no prediction set.");

    private int SetSize()
    {
        if (Manifest.PredictionSet is not { } set) return 0;
        var size = 0;
        foreach (var probability in _probabilities)
        {
            if (probability >= set.LeastProbability) size++;
        }
        return Math.Max(1, size);
    }

    public void Dispose() => _session.Dispose();
}
