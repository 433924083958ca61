using System.Globalization;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>What is known of an int8 model on this machine before anybody replays recordings with it.</summary>
/// <param name="Settings">Chosen by <see cref="Int8Choice"/>.</param>
/// <param name="Path">How its numbers came about.</param>
/// <param name="TaskLoss">Of the task metric against the float twin, on windows that ranges were not taken from.</param>
/// <param name="SqnrDb">Of the output, on the same windows.</param>
/// <param name="LevelGap">Largest difference between the runtime with and without its optimisations, in steps of the output.</param>
/// <param name="FloatProducts">Products that the runtime does not run on bytes though they were rounded.</param>
/// <param name="Layers">By operation with weights.</param>
internal sealed record Int8Facts(
    QuantizerSettings Settings, Int8Path Path, double TaskLoss, double SqnrDb, double LevelGap, IReadOnlyList<string> FloatProducts,
    IReadOnlyList<LayerQuantizationReport> Layers)
{
    /// <summary>Largest loss of the task metric (design facts on quantization, section 8, as the next ones).</summary>
    public const double MaxTaskLoss = 0.002;
    private const double LeastSqnrDb = 31;
    private const double LeastSqnrDbAtTwice = 27;

    /// <summary>One step is normal: two ways to round the same tie; the rest is float's own rounding.</summary>
    private const double MaxLevelGap = 1.01;

    /// <summary>Why fine-tuning was left out where the static path did not pass; null when it was tried or not needed.</summary>
    public string? Untuned { get; init; }

    /// <summary>31 dB without headroom, 27 with twice the range, and 6 dB less for every further
    /// doubling, because a step is then twice as wide.</summary>
    public double SqnrLimitDb => SqnrLimit(Settings.Headroom);

    /// <inheritdoc cref="SqnrLimitDb"/>
    public static double SqnrLimit(float headroom) => headroom <= 2
        ? LeastSqnrDb - ((LeastSqnrDb - LeastSqnrDbAtTwice) * Math.Log2(headroom))
        : LeastSqnrDbAtTwice - (20 * Math.Log10(headroom / 2));

    /// <summary>Why the float twin must ship; null when nothing here speaks against int8.</summary>
    public string? Refusal()
    {
        if (FloatProducts.Count > 0) return $"the runtime leaves {string.Join(", ", FloatProducts)} in float";
        if (LevelGap > MaxLevelGap) return Text($"the runtime's optimisations change its answers by {LevelGap:0.0} steps");
        if (TaskLoss > MaxTaskLoss) return Text($"it loses {TaskLoss:0.0000} of the task's metric");
        return SqnrDb < SqnrLimitDb ? Text($"its output has {SqnrDb:0.0} dB over the noise, {SqnrLimitDb:0.0} are wanted at {Settings}") : null;
    }

    /// <summary>One line, for messages and reports.</summary>
    public override string ToString() =>
        Text($"{PathName}{Settings}, {SqnrDb:0.0} dB, task loss {TaskLoss:0.0000}, optimisations change {LevelGap:0.00} steps{Left}");

    /// <summary>The line and the table of layers.</summary>
    public IEnumerable<string> Lines =>
        new[] { $"int8: {this}; {Refusal() ?? "nothing speaks against it"}", LayerQuantizationReport.Header }.Concat(
            Layers.Select(layer => layer.Row));

    private string Left => Untuned is null ? "" : $"; no fine-tuning: {Untuned}";

    private string PathName => Path == Int8Path.FineTuned ? "fine-tuned, " : "";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
