using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>Which evidence can be true at all: a device may say anything.</summary>
internal static class EvidenceRules
{
    /// <summary>No device answers more between two reports; its settings allow 100,000.</summary>
    private const long MaxWindows = 1_000_000;

    /// <summary>What is impossible about it; null: it may be true.</summary>
    public static string? Fault(ModelEvidence evidence)
    {
        if (evidence.Windows is < 0 or > MaxWindows) return $"evidence of {Counted.Of(evidence.Windows, "window")}";
        if (evidence.AlarmWindows < 0 || evidence.AlarmWindows > evidence.Windows)
            return $"evidence of {Counted.Of(evidence.AlarmWindows, "alarm")} in {Counted.Of(evidence.Windows, "window")}";
        if (evidence.InvalidWindows < 0 || evidence.InvalidWindows > evidence.Windows)
            return $"evidence of {Counted.Of(evidence.InvalidWindows, "invalid score")} in {Counted.Of(evidence.Windows, "window")}";
        if (!double.IsFinite(evidence.MeanScoreRatio) || !(evidence.InferenceP99Us >= 0) || !double.IsFinite(evidence.InferenceP99Us)
            || evidence.InferenceTimings < 0 || evidence.ResidentBytes < 0 || evidence.MeanInputDeviation is not (>= 0 and <= 1))
            return "evidence with a figure that is none, or outside what it can be";
        if (evidence.Vitals is { } vitals
            && !(vitals.BatteryShare is null or (>= 0 and <= 1) && vitals.TemperatureC is null or (>= -273 and <= 1_000)))
            return "evidence with a charge or a temperature that cannot be";
        return evidence.Shadow is { } shadow ? Fault(shadow) : null;
    }

    public static string? Fault(ShadowEvidence shadow) =>
        shadow.Compared is >= 0 and <= MaxWindows && Within(shadow.Disagreed, shadow.Compared) && Within(shadow.ShadowAlarms, shadow.Compared)
            && Within(shadow.ShadowInvalid, shadow.Compared)
            && Within(shadow.Disagreed + shadow.ShadowInvalid, shadow.Compared) && Within(shadow.ActiveAlarms ?? 0, shadow.Compared)
            ? null : $"shadow evidence of {Counted.Of(shadow.Disagreed, "disagreement")}, {Counted.Of(shadow.ShadowAlarms, "alarm")} and {Counted.Of(shadow.ShadowInvalid, "invalid score")} in {Counted.Of(shadow.Compared, "window")}";

    private static bool Within(long count, long of) => count >= 0 && count <= of;
}
