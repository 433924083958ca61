using System.Numerics.Tensors;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference;

/// <summary>A model with head <see cref="ModelHead.RemainingLife"/> and its manifest, as the device and
/// the hub run it: window in, band of remaining life out.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class LifeEstimator : IDisposable
{
    /// <summary>Outputs: low, median, high.</summary>
    public const int Quantiles = 3;

    private readonly FeatureExtractor _extractor;
    private readonly ModelSession _session;
    private readonly RemainingLife _life;

    /// <param name="onnx">The model; not kept. Its digest is the caller's to check.</param>
    /// <exception cref="InferenceException">The head is another (<c>Head</c>), the recipe cannot run (<c>Recipe</c>), the tensors do not
    /// fit (<c>Shape</c>, <c>Name</c>, <c>Type</c>), or ONNX Runtime refuses the model.</exception>
    public LifeEstimator(ModelManifest manifest, ReadOnlySpan<byte> onnx, SessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.Head != ModelHead.RemainingLife || manifest.RemainingLife is not { } life)
            throw new InferenceException(
                "Head", $"model '{manifest.Name}' has head {manifest.Head}{(manifest.RemainingLife is null ? " and no horizon" : "")}, remaining life needs {ModelHead.RemainingLife}.");
        if (!manifest.Output.Shape.SequenceEqual([1, Quantiles]))
            throw new InferenceException(
                "Shape", $"output '{manifest.Output.Name}': remaining life needs (1, {Quantiles}), the manifest says {ManifestFeatures.Text(manifest.Output.Shape)}.");
        Manifest = manifest;
        _life = life;
        _extractor = ManifestFeatures.Create(manifest);
        if (!NeedsCalibration) Calibration = Calibration.None(manifest.Channels.Count);
        _session = new ModelSession(onnx, manifest.Input, manifest.Output, settings);
    }

    public ModelManifest Manifest { get; }

    /// <summary>Longest life that is told apart, seconds.</summary>
    public double HorizonS => _life.HorizonRows / Manifest.RateHz;

    /// <summary>Whether the recipe normalises by the run's own first rows.</summary>
    public bool NeedsCalibration => Manifest.Recipe.Normalisation != Normalisation.None;

    /// <summary>Null until <see cref="Calibrate"/> where it is needed.</summary>
    public Calibration? Calibration { get; private set; }

    /// <param name="rows">First rows of the run, shape (N, C), row-major, raw values; NaN is missing. Not kept.</param>
    public void Calibrate(ReadOnlySpan<float> rows)
    {
        if (NeedsCalibration) Calibration = Calibration.Fit(rows, Manifest.Channels.Count, Manifest.Recipe);
    }

    /// <summary>Another run begins.</summary>
    public void StartRun()
    {
        if (NeedsCalibration) Calibration = null;
    }

    /// <param name="window">Shape (C, T), row-major, raw values; NaN is missing.</param>
    /// <returns>The band widened as held-out runs asked for, ends in order and within 0 and the
    /// horizon; not valid when an output is no number.</returns>
    /// <remarks>No allocation.</remarks>
    /// <exception cref="InvalidOperationException">Not calibrated.</exception>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public LifeEstimate Estimate(ReadOnlySpan<float> window)
    {
        _extractor.Extract(
            window, Calibration ?? throw new InvalidOperationException($"Model '{Manifest.Name}' is not calibrated on this run."), _session.Input);
        _session.Run();
        var output = _session.Output;
        if (!TensorPrimitives.IsFiniteAll(output)) return new LifeEstimate(float.NaN, float.NaN, float.NaN);
        var (low, median, high) = (Seconds(output[0] - _life.Widening), Seconds(output[1]), Seconds(output[2] + _life.Widening));
        // Quantiles of one window are told apart by the fit, not by construction: they may cross.
        return new LifeEstimate(Math.Min(low, median), median, Math.Max(high, median));
    }

    public void Dispose() => _session.Dispose();

    private float Seconds(double share) => (float)(Math.Clamp(share, 0, 1) * HorizonS);
}
