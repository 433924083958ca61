using System.Numerics.Tensors;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Hmas.Inference;

/// <summary>A model with its manifest, as the device and the hub's evaluation run it: window in, score and alarm out.</summary>
/// <remarks>
/// The shared model stays as it is; what differs between devices is fitted by <see cref="Calibrate"/> on the device's own healthy rows.
/// <list type="bullet">
/// <item>Reconstruction head: residual of each input row = mean over time of the squared error;
/// raw score = mean over rows of residual / that row's mean
/// residual on healthy windows. A healthy window scores about 1.</item>
/// <item>AnomalyLogit head: raw score = the logit.</item>
/// </list>
/// One thread at a time.
/// </remarks>
public sealed class Detector : IDisposable
{
    private readonly FeatureExtractor _extractor;
    private readonly ModelSession _session;
    private readonly ReconstructionResidual? _residual;
    private readonly ConformalScores _conformal = new();
    private Smoothing _smoothing;

    // The session's input holds the window that was scored last.
    private bool _hasWindow;

    /// <param name="onnx">The model; not kept. Its digest is the caller's to check.</param>
    /// <exception cref="InferenceException">The head gives no score (<c>Head</c>), the recipe cannot run (<c>Recipe</c>), the tensors do not fit each
    /// other or the graph (<c>Shape</c>, <c>Name</c>, <c>Type</c>), or ONNX Runtime refuses the model.</exception>
    public Detector(ModelManifest manifest, ReadOnlySpan<byte> onnx, SessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        Manifest = manifest;
        if (manifest.Head is not (ModelHead.Reconstruction or ModelHead.AnomalyLogit))
            throw new InferenceException("Head", $"model '{manifest.Name}' has head {manifest.Head}, which gives no anomaly score.");
        _extractor = ManifestFeatures.Create(manifest);
        ThresholdRule.Verify(manifest.Threshold);
        VerifyOutput(manifest);

        if (manifest.Head == ModelHead.Reconstruction)
        {
            // A row is one channel of one block over time; each value of a flat vector is a row of its own.
            var rowLength = manifest.Recipe.Layout == TensorLayout.ChannelsByTime ? _extractor.Steps : 1;
            _residual = new ReconstructionResidual(_extractor.OutputLength / rowLength, rowLength);
        }
        _smoothing = new Smoothing(manifest.Threshold.Smoothing);
        _session = new ModelSession(onnx, manifest.Input, manifest.Output, settings);
    }

    public ModelManifest Manifest { get; }

    public bool IsCalibrated => Calibration is not null;

    /// <summary>The recipe is of a kind that <see cref="ScoreNext"/> can go on with.</summary>
    public bool Slides => _extractor.Slides;

    /// <summary>Null until <see cref="Calibrate"/>.</summary>
    public Calibration? Calibration { get; private set; }

    /// <summary>A smoothed score above this is an alarm; +∞ until <see cref="Calibrate"/>.</summary>
    public float Threshold { get; private set; } = float.PositiveInfinity;

    /// <summary>Fits normalisation, residual scale and threshold on healthy rows, and forgets smoothing.</summary>
    /// <param name="rows">Shape (N, C), row-major, raw values, N at least the window's length; NaN is missing. Not kept.</param>
    /// <remarks>One inference per row (windows with stride 1); memory N × input rows. Windows without a finite score are left out, and so
    /// are those with rows of a start-up (<see cref="Settling"/>).</remarks>
    /// <exception cref="ArgumentException">Too few rows, or no multiple of the channels.</exception>
    /// <exception cref="InferenceException">No window gave a finite score (<c>Calibration</c>), or the
    /// model failed. The detector is then not calibrated.</exception>
    public void Calibrate(ReadOnlySpan<float> rows)
    {
        var channels = Manifest.Channels.Count;
        var length = Manifest.Window.Length;
        if (rows.Length % channels != 0 || rows.Length / channels < length)
            throw new ArgumentException(
                $"Calibration of '{Manifest.Name}': {rows.Length} values are not at least {length} rows of {channels} channels.", nameof(rows));

        StartRun();
        var calibration = Calibration.Fit(rows, channels, Manifest.Recipe);
        // The rows that the calibration left out would raise the threshold as well.
        var settled = rows[(Settling.FirstRow(rows, channels) * channels)..];
        var windows = new CalibrationWindows(settled.Length / channels >= length ? settled : rows, channels, length);
        var scores = _residual is null ? ScoreLogits(windows, calibration) : ScoreResiduals(windows, calibration, _residual);
        if (scores.Length == 0)
            throw new InferenceException("Calibration", $"model '{Manifest.Name}' gave no finite score on any of {windows.Count} healthy windows.");

        var smoothing = new Smoothing(Manifest.Threshold.Smoothing);
        foreach (ref var score in scores)
            score = smoothing.Add(score);
        _conformal.Fit(scores);
        Threshold = ThresholdRule.Fit(Manifest.Threshold, scores);
        Calibration = calibration;
    }

    /// <summary>Scores one window and advances the smoothing.</summary>
    /// <param name="window">Shape (C, T), row-major, raw values; NaN is missing.</param>
    /// <remarks>No allocation.</remarks>
    /// <exception cref="InvalidOperationException">Not calibrated.</exception>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public DetectorScore Score(ReadOnlySpan<float> window)
    {
        if (Calibration is not { } calibration)
            throw new InvalidOperationException($"Model '{Manifest.Name}' is not calibrated on this run.");

        Infer(window, calibration);
        _hasWindow = true;
        return Judge();
    }

    /// <summary>Scores the window that ends one row after the one scored last, with the same answer as <see cref="Score"/> at the cost of that
    /// row.</summary>
    /// <param name="row">Shape (C,), raw values of the newest row; NaN is missing.</param>
    /// <remarks>No allocation.</remarks>
    /// <exception cref="InvalidOperationException">Not <see cref="Slides"/>, or no window was scored since the calibration.</exception>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public DetectorScore ScoreNext(ReadOnlySpan<float> row)
    {
        if (!_hasWindow)
            throw new InvalidOperationException($"Model '{Manifest.Name}' has no window to go on from.");
        _extractor.ExtractNext(row, _session.Input);
        _session.Run();
        return Judge();
    }

    /// <summary>Share of the device's healthy windows, this one counted among them, that scored as high: small is
    /// unusual, 1 / (1 + windows) the smallest. NaN when the score is not valid.</summary>
    public float PValue(DetectorScore score) => score.IsValid ? _conformal.PValue(score.Smoothed) : float.NaN;

    /// <summary>Forgets calibration and smoothing: the machine was restarted, moved or repaired.</summary>
    public void StartRun()
    {
        Calibration = null;
        Threshold = float.PositiveInfinity;
        _hasWindow = false;
        _conformal.Clear();
        _smoothing = new Smoothing(Manifest.Threshold.Smoothing);
    }

    public void Dispose() => _session.Dispose();

    private DetectorScore Judge()
    {
        var raw = _residual is null ? _session.Output[0] : _residual.Score(_session.Input, _session.Output);
        if (!float.IsFinite(raw))
            return new DetectorScore(raw, _smoothing.Value, IsAlarm: false, IsValid: false, Ratio: float.NaN);
        var smoothed = _smoothing.Add(raw);
        return new DetectorScore(raw, smoothed, smoothed > Threshold, IsValid: true, RatioOf(smoothed));
    }

    private float RatioOf(float smoothed) =>
        _residual is null ? 1 + smoothed - Threshold
        : Threshold > 0 ? smoothed / Threshold
        : float.NaN;

    private void Infer(ReadOnlySpan<float> window, Calibration calibration)
    {
        _extractor.Extract(window, calibration, _session.Input);
        _session.Run();
    }

    private Span<float> ScoreLogits(CalibrationWindows windows, Calibration calibration)
    {
        var scores = new float[windows.Count];
        var count = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            Infer(windows.At(i), calibration);
            if (float.IsFinite(_session.Output[0]))
                scores[count++] = _session.Output[0];
        }
        return scores.AsSpan(0, count);
    }

    private Span<float> ScoreResiduals(CalibrationWindows windows, Calibration calibration, ReconstructionResidual residual)
    {
        // All residuals are kept, since the scale needs all of them before the first score.
        var residuals = new float[windows.Count * residual.Rows];
        var count = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            Infer(windows.At(i), calibration);
            var row = residuals.AsSpan(count * residual.Rows, residual.Rows);
            residual.Compute(_session.Input, _session.Output, row);
            if (TensorPrimitives.IsFiniteAll<float>(row))
                count++;
        }
        if (count == 0)
            return [];
        residual.Fit(residuals.AsSpan(0, count * residual.Rows));
        var scores = new float[count];
        for (var i = 0; i < count; i++)
            scores[i] = residual.Score(residuals.AsSpan(i * residual.Rows, residual.Rows));
        return scores;
    }

    private static void VerifyOutput(ModelManifest manifest)
    {
        var expected = manifest.Head == ModelHead.Reconstruction ? manifest.Input.Shape : [1, 1];
        var fits = manifest.Head == ModelHead.Reconstruction
            ? manifest.Output.Shape.SequenceEqual(manifest.Input.Shape)
            : manifest.Output.Shape.All(dimension => dimension == 1);
        if (!fits)
            throw new InferenceException(
                "Shape", $"output '{manifest.Output.Name}': head {manifest.Head} needs {ManifestFeatures.Text(expected)}, the manifest says {ManifestFeatures.Text(manifest.Output.Shape)}.");
    }
}
