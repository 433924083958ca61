using System.Buffers.Binary;
using System.Globalization;
using Hmas.Contracts.Models;

namespace Hmas.Inference;

/// <summary>A model's answers to the rows recorded in its manifest (docs/formats/model-package.md): the
/// hub records them, the hub and every device compare.</summary>
/// <remarks>What holds between the probe's own sizes is checked where the package is opened. Afterwards a
/// detector is calibrated on the recorded rows: calibrate it anew.</remarks>
public static class ProbeRun
{
    /// <summary>Raw score of each recorded window.</summary>
    /// <exception cref="InferenceException">The model cannot be calibrated on the rows, or ONNX Runtime failed.</exception>
    public static float[] Answers(Detector detector, int calibrationRows, ReadOnlySpan<byte> recorded)
    {
        ArgumentNullException.ThrowIfNull(detector);
        var (rows, channels) = (Values(recorded), detector.Manifest.Channels.Count);
        detector.Calibrate(rows.AsSpan(0, calibrationRows * channels));
        return [.. Windows(detector.Manifest, rows, calibrationRows * channels).Select(window => detector.Score(window).Raw)];
    }

    /// <summary>Probabilities of all classes for each recorded window, window after window.</summary>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public static float[] Answers(Classifier classifier, ReadOnlySpan<byte> recorded)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        var answers = new List<float>();
        foreach (var window in Windows(classifier.Manifest, Values(recorded), 0))
        {
            classifier.Classify(window);
            answers.AddRange(classifier.Probabilities);
        }

        return [.. answers];
    }

    /// <summary>Ends and middle of the band told of each recorded window, seconds: low, median, high.</summary>
    /// <exception cref="InferenceException">ONNX Runtime failed.</exception>
    public static float[] Answers(LifeEstimator estimator, ReadOnlySpan<byte> recorded)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        var answers = new List<float>();
        foreach (var window in Windows(estimator.Manifest, Values(recorded), 0))
        {
            var life = estimator.Estimate(window);
            answers.AddRange([life.Low, life.Median, life.High]);
        }

        return [.. answers];
    }

    /// <summary>Opens a model as its head asks, and holds it to what its manifest records.</summary>
    /// <exception cref="InferenceException">It cannot be run, or answers otherwise.</exception>
    public static void Verify(ModelManifest manifest, ReadOnlySpan<byte> onnx)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (manifest.Head == ModelHead.Classes)
        {
            using var classifier = new Classifier(manifest, onnx, new SessionSettings());
            Verify(classifier);
        }
        else if (manifest.Head == ModelHead.RemainingLife)
        {
            using var estimator = new LifeEstimator(manifest, onnx, new SessionSettings());
            Verify(estimator);
        }
        else
        {
            using var detector = new Detector(manifest, onnx, new SessionSettings());
            Verify(detector);
        }
    }

    /// <summary>Returns when the detector answers as recorded, or nothing is recorded.</summary>
    /// <exception cref="InferenceException"><c>Probe</c>: it does not; the message names the window.</exception>
    public static void Verify(Detector detector)
    {
        ArgumentNullException.ThrowIfNull(detector);
        if (detector.Manifest.Probe is { } probe) Compare(probe, Answers(detector, probe.CalibrationRows, probe.Rows.Span), 1);
    }

    /// <inheritdoc cref="Verify(Detector)"/>
    public static void Verify(Classifier classifier)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.Manifest.Probe is { } probe) Compare(probe, Answers(classifier, probe.Rows.Span), classifier.Manifest.Classes.Count);
    }

    /// <inheritdoc cref="Verify(Detector)"/>
    public static void Verify(LifeEstimator estimator)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        if (estimator.Manifest.Probe is { } probe) Compare(probe, Answers(estimator, probe.Rows.Span), LifeEstimator.Quantiles);
    }

    /// <summary>How far two answers lie apart, as <see cref="RecordedProbe.Tolerance"/> counts it; not finite when one of them is not.</summary>
    public static double Distance(float answer, float recorded) => Math.Abs((double)answer - recorded) / Math.Max(1, Math.Abs((double)recorded));

    private static void Compare(RecordedProbe probe, float[] answers, int answersOfWindow)
    {
        for (var i = 0; i < answers.Length; i++)
        {
            // Not "above": a distance that is no number agrees with nothing.
            if (Distance(answers[i], probe.Answers[i]) <= probe.Tolerance) continue;
            throw new InferenceException("Probe", string.Create(
                CultureInfo.InvariantCulture,
                $"recorded window {i / answersOfWindow}: answer {answers[i]:G6}, recorded {probe.Answers[i]:G6}, tolerance {probe.Tolerance:G3}."));
        }
    }

    private static IEnumerable<float[]> Windows(ModelManifest manifest, float[] rows, int from)
    {
        var (channels, length) = (manifest.Channels.Count, manifest.Window.Length);
        var window = new float[channels * length];
        for (; from < rows.Length; from += window.Length)
        {
            for (var t = 0; t < length; t++)
            {
                for (var c = 0; c < channels; c++) window[(c * length) + t] = rows[from + (t * channels) + c];
            }

            yield return window;
        }
    }

    private static float[] Values(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / sizeof(float)];
        for (var i = 0; i < values.Length; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * sizeof(float))..]);
        return values;
    }
}
