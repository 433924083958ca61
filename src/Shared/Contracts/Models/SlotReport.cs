using System.Text.Json.Serialization;

namespace Hmas.Contracts.Models;

/// <summary>What became of a model on a device: one fact per step, so that the hub never guesses.</summary>
public sealed record SlotReport
{
    public required SlotState State { get; init; }

    /// <summary>The package this report is about.</summary>
    public required string Digest { get; init; }

    /// <summary>The package that answers now, whatever this report is about; null when none does.</summary>
    public string? AnsweringDigest { get; init; }

    public required string BootId { get; init; }

    /// <summary>1 for the first report of a boot, then one more each: with <see cref="BootId"/> it tells which of
    /// two reports is the later, whatever order they arrive in.</summary>
    public long Counter { get; init; }

    public string? RolloutId { get; init; }

    /// <summary>
    /// Stable word for a refusal or return: <c>digest-mismatch</c>, <c>signature</c> (of the package, or of update
    /// metadata, which may have expired too), <c>shape</c>, <c>runtime</c>, <c>probe</c>,
    /// <c>shadow</c>, <c>health</c>, <c>crash</c> (the program died while the model was tried), <c>storage</c>, <c>idle</c> (still
    /// waiting: no windows come), <c>older-release</c> (than the active one, or than any that ever was; or a way back to what
    /// is not the previous model), <c>channels</c>, <c>hardware</c>, <c>download</c>,
    /// <c>director</c> (director and image repository do not agree on these bytes for this device and its hardware),
    /// <c>restored</c>; of devices with an update client of their own: <c>installer</c>, <c>cancelled</c>,
    /// <c>old-image</c> (came back with the old one), <c>unproven</c> (never showed what it runs).
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>Whose matter <see cref="Reason"/> is, by <see cref="SlotReasons.ClassOf"/>; null without
    /// a reason, and when the hub took the model back.</summary>
    public SlotReasonClass? ReasonClass { get; init; }

    /// <summary>Human text behind <see cref="Reason"/>.</summary>
    public string? Detail { get; init; }

    /// <summary>From the last byte's arrival to the first answer of the new model.</summary>
    public double? SwapMs { get; init; }

    /// <summary>Windows due and not answered between the last answer of the old model and the first of the new one.</summary>
    public int? MissedWindows { get; init; }

    /// <summary>With the step that ends a shadow: the whole comparison. Null in any other.</summary>
    public ShadowEvidence? Shadow { get; init; }
}

/// <summary>Numbers cross the wire: never reused.</summary>
[JsonConverter(typeof(EnumWordConverter<SlotState>))]
public enum SlotState
{
    Empty = 0,
    Downloading = 1,
    Verified = 2,
    Probed = 3,
    Shadowing = 4,
    Active = 5,
    Committed = 6,

    /// <summary>Never became active; the old model answers.</summary>
    Refused = 7,

    /// <summary>Was active and went back to the previous model.</summary>
    Returned = 8,
}

/// <summary>Behaviour of the model that answers, since it became active or since the last evidence of the same digest: what a gate judges.</summary>
public sealed record ModelEvidence
{
    /// <summary>Timed answers that a 99th percentile rests on: of fewer it is nothing but the slowest.</summary>
    public const int EnoughTimings = 100;

    public required string Digest { get; init; }

    public required string BootId { get; init; }

    /// <summary>Run of the machine (see <see cref="Facts.ExperienceRecord.RunId"/>).</summary>
    public required string RunId { get; init; }

    public required long FromUs { get; init; }

    public required long ToUs { get; init; }

    public required long Windows { get; init; }

    public required long AlarmWindows { get; init; }

    /// <summary>Windows whose score was NaN or infinite.</summary>
    public long InvalidWindows { get; init; }

    /// <summary>Mean of score divided by threshold.</summary>
    public double MeanScoreRatio { get; init; }

    /// <summary>Mean over channels and answered windows of z/(1 + z), 0 to 1, where z is how far the newest value lies from
    /// the centre of the run's calibration, in its scales; 0: not known.</summary>
    public double MeanInputDeviation { get; init; }

    /// <summary>Of the newest timed answers of this digest, gathered over reports until they are <see cref="EnoughTimings"/>.</summary>
    public double InferenceP99Us { get; init; }

    /// <summary>How many timed answers <see cref="InferenceP99Us"/> rests on; null from an agent that does not say.</summary>
    public long? InferenceTimings { get; init; }

    public long ResidentBytes { get; init; }

    /// <summary>At the time of the report; null where the machine tells nothing.</summary>
    public Twins.DeviceVitals? Vitals { get; init; }

    /// <summary>Set while another model runs in shadow.</summary>
    public ShadowEvidence? Shadow { get; init; }
}

/// <summary>Pairwise comparison of active and shadow answers on the same windows.</summary>
/// <param name="Compared">Windows that both were asked about.</param>
/// <param name="Disagreed">One alarmed and the other did not.</param>
/// <param name="ShadowInvalid">The shadow had no finite score: compared, and neither agreed nor disagreed.</param>
/// <param name="ActiveAlarms">Of the active model, where the shadow had a score; null from an agent that does not say.</param>
/// <param name="Skipped">Windows that the shadow did not answer because it had used up its share of the processor.</param>
/// <param name="CpuShare">What it did use of one core, 0 to 1.</param>
public sealed record ShadowEvidence(
    string Digest, long Compared, long Disagreed, long ShadowAlarms, long ShadowInvalid, double ShadowP99Us, long? ActiveAlarms = null,
    long Skipped = 0, double CpuShare = 0);
