using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>On how many healthy windows a model says itself that it alarms.</summary>
internal static class AlarmPromise
{
    private const string Pooled = "all";

    /// <returns>The false alarm rate of its held-out test, 0 to 1; where none was measured, the share of healthy scores that its threshold
    /// leaves above. Null: what it answers is no alarm, so that there is no such share.</returns>
    public static double? Of(ModelManifest manifest)
    {
        if (manifest.Head is not (ModelHead.Reconstruction or ModelHead.AnomalyLogit)) return null;
        return manifest.Metrics.GetValueOrDefault(Pooled)?.FalseAlarmRate is { } measured and >= 0 and <= 1
            ? measured : 1 - manifest.Threshold.Quantile;
    }
}
