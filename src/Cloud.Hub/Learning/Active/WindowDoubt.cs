using System.Globalization;
using System.Numerics.Tensors;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Signals;
using Hmas.Trust;

namespace Cloud.Hub.Learning.Active;

/// <summary>How unsure the device's model was of a window: of a detector by the score's distance from the
/// threshold, of a classifier by asking the very model again.</summary>
/// <remarks>Keeps the last classifier open; one thread at a time.</remarks>
internal sealed class WindowDoubt(IModelRegistry registry) : IDisposable
{
    /// <summary>What a detector's windows may be named.</summary>
    public static readonly string[] DetectorNames = ["normal", "anomaly"];

    private string _digest = "";
    private ModelManifest? _manifest;
    private Classifier? _classifier;

    /// <param name="channels">Names of the device's channels.</param>
    /// <returns>Null when no model can say anything of the window.</returns>
    public async Task<AskedWindow?> OfAsync(ArchivedExperience experience, IReadOnlyList<string> channels, CancellationToken cancellation)
    {
        var record = experience.Record;
        if (record.Channels != channels.Count || record.Length < 1 || !TensorPrimitives.IsFiniteAll<float>(record.Window)) return null;
        if (float.IsFinite(record.Score) && record.Threshold > 0)
        {
            var ratio = Math.Max(0, (double)record.Score / record.Threshold);
            var said = string.Create(
                CultureInfo.InvariantCulture, $"{(ratio > 1 ? "anomaly" : "normal")}, score {record.Score:0.###} against {record.Threshold:0.###}");
            return new AskedWindow(experience, Features(record), Math.Min(ratio, 1 / ratio), said, DetectorNames);
        }

        return record.ModelDigest.Length > 0 && await OpenAsync(record.ModelDigest, cancellation) is { } classifier
            ? Ask(experience, channels, classifier) : null;
    }

    public void Dispose() => _classifier?.Dispose();

    private static AskedWindow? Ask(ArchivedExperience experience, IReadOnlyList<string> channels, Classifier classifier)
    {
        var (record, manifest) = (experience.Record, classifier.Manifest);
        var length = manifest.Window.Length;
        if (record.Length < length) return null;
        var window = new float[manifest.Channels.Count * length];
        for (var c = 0; c < manifest.Channels.Count; c++)
        {
            var source = channels.ToList().IndexOf(manifest.Channels[c]);
            if (source < 0) return null;
            record.Window.AsSpan((source * record.Length) + record.Length - length, length).CopyTo(window.AsSpan(c * length));
        }

        var answer = classifier.Classify(window);
        if (!answer.IsValid) return null;
        var said = string.Create(CultureInfo.InvariantCulture, $"{manifest.Classes[answer.Class]}, {100 * answer.Probability:0} %");
        return new AskedWindow(experience, Features(record), 1 - answer.Margin, said, manifest.Classes);
    }

    private async Task<Classifier?> OpenAsync(string digest, CancellationToken cancellation)
    {
        if (digest == _digest) return _classifier;
        _classifier?.Dispose();
        (_digest, _classifier, _manifest) = (digest, null, (await registry.FindAsync(digest, cancellation))?.Manifest);
        if (_manifest?.Head != ModelHead.Classes || await registry.PackageAsync(digest, cancellation) is not { } bytes) return null;
        var package = ModelPackage.Open(bytes, digest, new PackageLimits());
        return _classifier = new Classifier(package.Manifest, package.Onnx.Span, new SessionSettings());
    }

    private static float[] Features(ExperienceRecord record)
    {
        var features = new float[2 * record.Channels];
        for (var c = 0; c < record.Channels; c++)
        {
            var (mean, deviation) = Statistics.MeanAndDeviation(record.Window.AsSpan(c * record.Length, record.Length));
            var isCalibrated = record.Centre.Length == record.Channels && record.Scale.Length == record.Channels && record.Scale[c] > 0;
            var (centre, scale) = isCalibrated ? (record.Centre[c], record.Scale[c]) : (0, 1);
            (features[2 * c], features[(2 * c) + 1]) = ((float)(mean - centre) / scale, (float)deviation / scale);
        }

        return features;
    }
}
