using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;

namespace Hmas.Trust;

/// <summary>What must hold between a manifest's own values before anything is sized by them.</summary>
internal static class ManifestRules
{
    private const int MaxChannels = 1024;
    private const int MaxWindowLength = 1 << 20;
    private const int MaxTensorValues = 1 << 24;
    private const int MaxCalibrationRows = 1 << 20;
    private const int MaxProbeBytes = 256 << 10;

    /// <summary>Low end, middle and high end of a band of remaining life.</summary>
    private const int LifeAnswers = 3;

    /// <summary>The first rule that does not hold, as "field: why"; null when all hold.</summary>
    public static string? Fault(ModelManifest manifest)
    {
        if (manifest.FormatVersion != 1) return $"formatVersion: {manifest.FormatVersion} is not 1";
        if (string.IsNullOrWhiteSpace(manifest.Name)) return "name: empty";
        if (manifest.Release < 0) return $"release: {manifest.Release} is negative";
        if (manifest.OnnxBytes <= 0) return $"onnxBytes: {manifest.OnnxBytes} is not positive";
        if (string.IsNullOrEmpty(manifest.OnnxDigest)) return "onnxDigest: empty";
        if (manifest.Channels is null || manifest.Channels.Count is 0 or > MaxChannels)
            return $"channels: {manifest.Channels?.Count ?? 0} is outside 1 to {MaxChannels}";
        if (manifest.Channels.Any(string.IsNullOrEmpty)) return "channels: a name is empty";
        if (manifest.Channels.Distinct(StringComparer.Ordinal).Count() != manifest.Channels.Count) return "channels: a name stands twice";
        if (!double.IsFinite(manifest.RateHz) || manifest.RateHz <= 0) return $"rateHz: {manifest.RateHz} is not positive and finite";
        return WindowFault(manifest.Window) ?? TensorFault("input", manifest.Input) ?? TensorFault("output", manifest.Output)
            ?? RecipeFault(manifest.Recipe) ?? ThresholdFault(manifest.Threshold)
            ?? ClassesFault(manifest) ?? LifeFault(manifest) ?? (manifest.Lineage is null ? "lineage: null" : null)
            ?? (manifest.Precision is null ? "precision: null" : null)
            ?? (HardwareClass.Fault(manifest.HardwareClasses) is { } hardware ? $"hardwareClasses: {hardware}" : null) ?? ProbeFault(manifest);
    }

    private static string? WindowFault(WindowSpec? window)
    {
        if (window is null) return "window: null";
        if (window.Length is <= 0 or > MaxWindowLength) return $"window.length: {window.Length} is outside 1 to {MaxWindowLength}";
        return window.Stride <= 0 || window.Stride > window.Length
            ? $"window.stride: {window.Stride} is outside 1 to the length {window.Length}" : null;
    }

    private static string? TensorFault(string what, TensorSpec? tensor)
    {
        if (tensor?.Shape is null || string.IsNullOrEmpty(tensor.Name)) return $"{what}: no name or no shape";
        var values = 1L;
        foreach (var length in tensor.Shape)
        {
            if (length <= 0) return $"{what}.shape: {length} is not positive";
            values *= length;
            if (values > MaxTensorValues) return $"{what}.shape: more than {MaxTensorValues} values";
        }

        return null;
    }

    private static string? RecipeFault(FeatureRecipe? recipe)
    {
        if (recipe?.Features is null || recipe.Features.Count == 0) return "recipe.features: none";
        if (recipe.Derived is null || recipe.Derived.Count > MaxChannels) return $"recipe.derived: null, or more than {MaxChannels}";
        if (recipe.Derived.Any(channel => channel?.Channels is null) || recipe.Features.Any(feature => feature?.Channels is null))
            return "recipe: a list of channels is null";
        if (recipe.Standardisation is { Centre: null } or { Scale: null }) return "recipe.standardisation: centre or scale is null";
        return !float.IsFinite(recipe.Clip) || recipe.Clip < 0 || !float.IsFinite(recipe.MinScale) || recipe.MinScale < 0
            ? "recipe: clip and minScale must be finite and not negative" : null;
    }

    private static string? ClassesFault(ModelManifest manifest)
    {
        if (manifest.Classes is null || manifest.Classes.Any(string.IsNullOrEmpty)) return "classes: null, or a name is empty";
        if (!(manifest.Temperature > 0 && double.IsFinite(manifest.Temperature)))
            return $"temperature: {manifest.Temperature} is not above 0 and finite";
        if (manifest.PredictionSet is { } set
            && (manifest.Head != ModelHead.Classes || set.Coverage is not (> 0 and < 1) || set.LeastProbability is not (>= 0 and <= 1)))
            return $"predictionSet: coverage {set.Coverage}, least probability {set.LeastProbability} for head {manifest.Head}";
        return manifest.Head == ModelHead.Classes == manifest.Classes.Count >= 2
            ? null : $"classes: {manifest.Classes.Count} names for head {manifest.Head}";
    }

    private static string? LifeFault(ModelManifest manifest)
    {
        if (manifest.Head == ModelHead.RemainingLife != manifest.RemainingLife is not null)
            return $"remainingLife: {(manifest.RemainingLife is null ? "none" : "one")} for head {manifest.Head}";
        return manifest.RemainingLife is not { } life || life is { HorizonRows: > 0, Coverage: > 0 and < 1 } && Math.Abs(life.Widening) <= 1
            ? null : $"remainingLife: horizon {life.HorizonRows}, coverage {life.Coverage}, widening {life.Widening}";
    }

    private static string? ThresholdFault(ThresholdPolicy? policy)
    {
        if (policy is null) return "threshold: null";
        if (policy.CalibrationRows is < 0 or > MaxCalibrationRows)
            return $"threshold.calibrationRows: {policy.CalibrationRows} is outside 0 to {MaxCalibrationRows}";
        if (policy.Quantile is not (>= 0 and <= 1)) return $"threshold.quantile: {policy.Quantile} is outside 0 to 1";
        if (!double.IsFinite(policy.Factor)) return $"threshold.factor: {policy.Factor} is not finite";
        if (policy.Smoothing is not (> 0 and <= 1)) return $"threshold.smoothing: {policy.Smoothing} is outside (0, 1]";
        return policy.Floor > policy.Ceiling ? $"threshold: floor {policy.Floor} is above ceiling {policy.Ceiling}" : null;
    }

    private static string? ProbeFault(ModelManifest manifest)
    {
        if (manifest.Probe is not { } probe) return null;
        if (probe.Rows.Length > MaxProbeBytes) return $"probe.rows: {probe.Rows.Length} bytes are beyond {MaxProbeBytes}";
        if (probe.Answers is null || probe.Answers.Count == 0 || !probe.Answers.All(float.IsFinite))
            return "probe.answers: none, or one is not finite";
        if (probe.Tolerance is not (> 0 and <= 1)) return $"probe.tolerance: {probe.Tolerance} is outside (0, 1]";
        var least = manifest.Head is ModelHead.Classes or ModelHead.RemainingLife ? 0 : manifest.Window.Length;
        if (probe.CalibrationRows < least || probe.CalibrationRows > MaxCalibrationRows)
            return $"probe.calibrationRows: {probe.CalibrationRows} is outside {least} to {MaxCalibrationRows}";
        var answersOfWindow = manifest.Head == ModelHead.RemainingLife ? LifeAnswers : Math.Max(1, manifest.Classes.Count);
        var rows = probe.CalibrationRows + ((long)probe.Answers.Count / answersOfWindow * manifest.Window.Length);
        return probe.Answers.Count % answersOfWindow == 0 && probe.Rows.Length == rows * manifest.Channels.Count * sizeof(float)
            ? null : $"probe.rows: {probe.Rows.Length} bytes do not hold {probe.CalibrationRows} calibration rows and the windows of {probe.Answers.Count} answers";
    }
}
