using System.Diagnostics;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Trust;

namespace Edge.Agent.Models;

/// <summary>Runs a model that does not answer yet: it must answer the rows that came with it as it did in the
/// hub, and the device's own with finite scores, quickly enough.</summary>
/// <param name="maxLatency">Bound on the 99th percentile of one window's time.</param>
internal sealed class SlotProbe(TimeSpan maxLatency, TimeProvider time)
{
    private const int MaxWindows = 200;
    private const int Seed = 20261122;

    /// <summary>The time of one window, 99th percentile.</summary>
    /// <param name="rows">Newest rows of the device, shape (N, C), channel order of the manifest; where they are fewer than a
    /// window and some, seeded noise is used: it shows that the model runs, not how well.</param>
    /// <exception cref="ModelRefusal"><c>shape</c>, <c>runtime</c> or <c>probe</c>.</exception>
    public TimeSpan Run(VerifiedPackage package, ReadOnlySpan<float> rows)
    {
        var manifest = package.Manifest;
        var channels = manifest.Channels.Count;
        var needed = manifest.Window.Length * 2;
        var data = rows.Length / channels >= needed ? rows : Noise(needed, channels);
        try
        {
            if (manifest.Head == ModelHead.Classes)
            {
                using var classifier = new Classifier(manifest, package.Onnx.Span, new SessionSettings());
                ProbeRun.Verify(classifier);
                return Score(
                    manifest, window => classifier.Classify(window) is { IsValid: false } answer ? $"probability {answer.Probability}" : null, data);
            }

            if (manifest.Head == ModelHead.RemainingLife)
            {
                using var estimator = new LifeEstimator(manifest, package.Onnx.Span, new SessionSettings());
                ProbeRun.Verify(estimator);
                estimator.Calibrate(data);
                return Score(
                    manifest, window => estimator.Estimate(window) is { IsValid: false } life ? $"remaining life {life.Median}" : null, data);
            }

            using var detector = new Detector(manifest, package.Onnx.Span, new SessionSettings());
            ProbeRun.Verify(detector);
            detector.Calibrate(data);
            return Score(manifest, window => detector.Score(window) is { IsValid: false } score ? $"score {score.Raw}" : null, data);
        }
        catch (InferenceException error)
        {
            throw new ModelRefusal(WordOf(error.Code), error.Message, error);
        }
        catch (ArgumentException error)
        {
            throw new ModelRefusal("shape", error.Message, error);
        }
    }

    /// <param name="judge">Answers a window; not null: what is wrong with the answer.</param>
    private TimeSpan Score(ModelManifest manifest, Func<float[], string?> judge, ReadOnlySpan<float> rows)
    {
        var channels = manifest.Channels.Count;
        var length = manifest.Window.Length;
        var windows = Math.Min((rows.Length / channels) - length + 1, MaxWindows);
        var window = new float[channels * length];
        var times = new long[windows];
        for (var i = 0; i < windows; i++)
        {
            Transpose(rows.Slice(i * channels, channels * length), channels, window);
            var from = time.GetTimestamp();
            var fault = judge(window);
            times[i] = time.GetTimestamp() - from;
            if (fault is not null) throw new ModelRefusal("probe", $"window {i} of {windows}: {fault}");
        }

        Array.Sort(times);
        var p99 = time.GetElapsedTime(0, times[(windows - 1) * 99 / 100]);
        return p99 <= maxLatency
            ? p99 : throw new ModelRefusal(
                "probe", $"a window takes {p99.TotalMilliseconds:0.00} ms at the 99th percentile, allowed are {maxLatency.TotalMilliseconds:0.00} ms");
    }

    private static void Transpose(ReadOnlySpan<float> rows, int channels, Span<float> window)
    {
        var length = rows.Length / channels;
        Debug.Assert(window.Length == rows.Length, "a window holds all rows");
        for (var t = 0; t < length; t++)
        {
            for (var c = 0; c < channels; c++) window[(c * length) + t] = rows[(t * channels) + c];
        }
    }

    private static float[] Noise(int rows, int channels)
    {
        var random = new Random(Seed);
        var noise = new float[rows * channels];
        foreach (ref var value in noise.AsSpan()) value = (float)(random.NextDouble() - 0.5);
        return noise;
    }

    private static string WordOf(string code) => code switch
    {
        "Name" or "Type" or "Shape" or "Recipe" => "shape",
        "Calibration" or "Probe" => "probe",
        _ => "runtime",
    };
}
