using System.Text.Json.Serialization;
using Hmas.Contracts.Artefacts;

namespace Hmas.Contracts.Models;

/// <summary>Everything a device must know to run a model. Its bytes are signed, and their SHA-256 is the package's digest.</summary>
public sealed record ModelManifest
{
    public int FormatVersion { get; init; } = 1;

    public required string Name { get; init; }

    /// <summary>Grows with every release of this name; a device never goes to a smaller one except by return to its previous slot.</summary>
    public required long Release { get; init; }

    /// <summary>SHA-256 of the ONNX bytes as <c>sha256:hex</c>.</summary>
    public required string OnnxDigest { get; init; }

    public required long OnnxBytes { get; init; }

    /// <summary>The channels the model reads, in the order of the tensor: a subset of the device's, found by name.</summary>
    public required IReadOnlyList<string> Channels { get; init; }

    public required double RateHz { get; init; }

    public required WindowSpec Window { get; init; }

    public required FeatureRecipe Recipe { get; init; }

    public required TensorSpec Input { get; init; }

    public required TensorSpec Output { get; init; }

    public required ModelHead Head { get; init; }

    public required ThresholdPolicy Threshold { get; init; }

    /// <summary>Names of the classes in the order of the output; empty unless the head is <see cref="ModelHead.Classes"/>.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Logits are divided by this before they become probabilities (Guo et al. 2017): fitted on
    /// people, batches or days that the fit did not see. Above 0.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Which classes an answer leaves open; null: nothing is promised. Of head <see cref="ModelHead.Classes"/> only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PredictionSet? PredictionSet { get; init; }

    /// <summary>What the outputs of head <see cref="ModelHead.RemainingLife"/> mean; null for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RemainingLife? RemainingLife { get; init; }

    /// <summary><c>float32</c> or <c>int8-qdq</c>.</summary>
    public required string Precision { get; init; }

    public required Lineage Lineage { get; init; }

    /// <summary>By slice (a recording, a site, a fault): what the release was judged by. Key <c>all</c> pools the slices.</summary>
    public IReadOnlyDictionary<string, SliceMetrics> Metrics { get; init; } = new Dictionary<string, SliceMetrics>();

    /// <summary>Kinds of machine that it was measured on and may run on; <c>*</c> is any.</summary>
    public IReadOnlyList<string> HardwareClasses { get; init => field = value ?? HardwareClass.AnyOnly; } = HardwareClass.AnyOnly;

    /// <summary>What the model answers to recorded rows; null: packaged without.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordedProbe? Probe { get; init; }
}

/// <summary>The classes that a model cannot rule out (split conformal prediction): those at least this probable, and the most probable one.</summary>
/// <param name="Coverage">Share of windows whose true class is among them, over people, batches or
/// days like those it was fitted on; over 0, below 1.</param>
/// <param name="LeastProbability">Calibrated probability, 0 to 1.</param>
public sealed record PredictionSet(double Coverage, double LeastProbability);

/// <summary>Remaining life as a model tells it: three quantiles, each a share of the horizon.</summary>
/// <param name="HorizonRows">Rows of life that are told apart; longer life is told as this. Above 0.</param>
/// <param name="Coverage">Share of windows whose true life lies in the band of the outer quantiles, over
/// machines like those it was fitted on; over 0, below 1.</param>
/// <param name="Widening">Added on either side of the band, as a share of the horizon, so that it holds the truth as often as it
/// says (conformalised quantile regression, Romano, Patterson and Candès 2019).</param>
public sealed record RemainingLife(int HorizonRows, double Coverage, double Widening);

/// <summary>Raw rows the model reads (the last ones of the device's window) and rows between two answers.</summary>
public sealed record WindowSpec(int Length, int Stride);

/// <summary>Name and shape of a graph input or output; float32.</summary>
public sealed record TensorSpec(string Name, IReadOnlyList<int> Shape);

/// <summary>How the model's output becomes the anomaly score.</summary>
[JsonConverter(typeof(EnumWordConverter<ModelHead>))]
public enum ModelHead
{
    /// <summary>The output has the input's shape; the score comes from the residual, weighed by the
    /// device's own residual scale per input row.</summary>
    Reconstruction = 0,

    /// <summary>The output is one logit; the score is the logit itself.</summary>
    AnomalyLogit = 1,

    /// <summary>The output is one logit per class of <see cref="ModelManifest.Classes"/>.</summary>
    Classes = 2,

    /// <summary>The output is three quantiles of <see cref="ModelManifest.RemainingLife"/>, the lowest first.</summary>
    RemainingLife = 3,
}

/// <summary>How a device finds its own threshold from its healthy rows, and how a score becomes an alarm.</summary>
public sealed record ThresholdPolicy
{
    /// <summary>Rows at the start of a run that the device takes as healthy.</summary>
    public int CalibrationRows { get; init; } = 400;

    /// <summary>Quantile of the calibration scores, 0 to 1.</summary>
    public double Quantile { get; init; } = 0.99;

    /// <summary>The quantile is multiplied by this; then <see cref="Floor"/> applies.</summary>
    public double Factor { get; init; } = 1.5;

    /// <summary>The threshold is never below this; negative infinity is written as null.</summary>
    public double? Floor { get; init; }

    /// <summary>The threshold is never above this; null: no bound.</summary>
    public double? Ceiling { get; init; }

    /// <summary>Weight of the newest score in the exponential moving average, over (0, 1]; 1 is no smoothing.</summary>
    public double Smoothing { get; init; } = 1.0;
}

/// <summary>Where a model comes from.</summary>
public sealed record Lineage
{
    public string? ParentDigest { get; init; }

    public required string RunId { get; init; }

    /// <summary>Digests of the datasets it was fitted on.</summary>
    public IReadOnlyList<string> DataDigests { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CodeVersion { get; init; }

    public long Seed { get; init; }

    /// <summary>SPDX expression of what others may do with the model; null: not said.</summary>
    public string? Licence { get; init; }
}

/// <summary>Row-wise outlier scores of one slice: F1 = TP/(TP+(FP+FN)/2), FAR = FP/(FP+TN), MAR =
/// FN/(FN+TP), all 0 to 1; NaN is written as null.</summary>
/// <param name="Rows">Labelled rows.</param>
/// <param name="AnomalousRows">Those of them whose label is an anomaly: TP+FN.</param>
/// <remarks>Of a classifier <c>Rows</c> are windows, <c>F1</c> is the mean over the classes (of one
/// class: its own), and there are no rates of alarms.</remarks>
public sealed record SliceMetrics(int Rows, int AnomalousRows, double? F1, double? FalseAlarmRate, double? MissedAlarmRate)
{
    /// <summary>Share of a classifier's windows that are named right, or of windows whose remaining life is told to within a fifth of
    /// the horizon, 0 to 1; null for a detector.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Accuracy { get; init; }

    /// <summary>Mean error of the remaining life told, as a share of the horizon; null for other heads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? LifeError { get; init; }

    /// <summary>Share of windows whose true remaining life lies in the band told; null for other heads.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Held { get; init; }
}
