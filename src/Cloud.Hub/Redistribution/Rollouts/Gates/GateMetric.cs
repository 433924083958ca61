using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>One thing that a gate looks at: how it is read off a device, and what it is held against.</summary>
/// <param name="Name">Of <see cref="GateLimits"/>.</param>
/// <param name="Read">Null: the device has nothing to add.</param>
/// <param name="IsOfMachine">It follows the machine that the device watches too, so that one that falls ill must not count for many.</param>
/// <param name="NeedsWindows">Only a model can show it.</param>
internal sealed record GateMetric(string Name, MetricKind Kind, Func<Work, Share?> Read, bool IsOfMachine = false, bool NeedsWindows = true)
{
    /// <summary>Every one, in the order they are looked at.</summary>
    public static IReadOnlyList<GateMetric> All { get; } =
    [
        new(GateLimits.ModelFailures, MetricKind.Absolute, static work => work.Failed is { } failed ? new Share(1, failed ? 1 : 0) : null,
            NeedsWindows: false),
        new(GateLimits.Invalid, MetricKind.Absolute, static work => Windows(work, work.Evidence.Windows, work.Evidence.Invalid)),
        new(GateLimits.Latency, MetricKind.Absolute,
            static work => work.Evidence.Timed > 0 ? new Share(work.Evidence.Timed, work.Evidence.Slow) : null),
        new(GateLimits.Memory, MetricKind.Absolute, static work => Reports(work, work.Evidence.Heavy), NeedsWindows: false),
        new(GateLimits.Restarts, MetricKind.Difference, static work => Reports(work, work.Evidence.Restarts), NeedsWindows: false),
        new(GateLimits.AlarmRate, MetricKind.Difference, static work => Windows(work, work.Evidence.Windows, work.Evidence.Alarms),
            IsOfMachine: true),
        new(GateLimits.PromisedAlarms, MetricKind.Promised, static work => Windows(work, work.Evidence.Windows, work.Evidence.Alarms),
            IsOfMachine: true),
        new(GateLimits.ShadowAlarms, MetricKind.Paired, static work => work.Shadow is { } shadow ? Pairs(work, shadow) : null),
        new(GateLimits.ShadowDisagreement, MetricKind.Absolute,
            static work => work.Shadow is { } shadow ? Windows(work, shadow.Compared, shadow.Disagreed + shadow.ShadowInvalid) : null),
        new(GateLimits.FalseAlarms, MetricKind.Absolute, static work => Windows(work, work.Truth.Normal, work.Truth.FalseAlarms)),
        new(GateLimits.Error, MetricKind.Difference, static work => Windows(work, work.Truth.Labelled, work.Truth.Wrong), IsOfMachine: true),
        new(GateLimits.ConfidenceDrift, MetricKind.Absolute, static work => Drift(work, static sum => sum.Confidence)),
        new(GateLimits.InputDrift, MetricKind.Absolute, static work => Drift(work, static sum => sum.Input)),
        new(GateLimits.Battery, MetricKind.Difference,
            static work => work.Evidence.Charges > 0 ? new Share(work.Evidence.Charges, work.Evidence.Drained) : null, NeedsWindows: false),
        new(GateLimits.Temperature, MetricKind.Absolute,
            static work => work.Evidence.Measured > 0 ? new Share(work.Evidence.Measured, work.Evidence.Hot) : null, NeedsWindows: false),
    ];

    /// <summary>It is held against what others show: the control, or what the model promised.</summary>
    public bool IsCompared => Kind is MetricKind.Difference or MetricKind.Promised;

    private static readonly IReadOnlyList<GateMetric> OfReports = [.. All.Where(static metric => !metric.NeedsWindows)];

    /// <summary>Those that what a rollout brings can show at all.</summary>
    public static IReadOnlyList<GateMetric> Of(RolloutState rollout) => rollout.HasWindows ? All : OfReports;

    private static Share? Windows(Work work, long windows, long hits) => windows > 0 ? new Share(windows / work.Episode, hits / work.Episode) : null;

    private static Share? Reports(Work work, long hits) => work.Evidence.Reports > 0 ? new Share(work.Evidence.Reports, hits) : null;

    private static Share? Pairs(Work work, ShadowEvidence shadow)
    {
        // Disagreed is the one-sided hits of both; their difference is that of the alarms.
        if (shadow.ActiveAlarms is not { } active || shadow.Compared == 0) return null;
        var more = shadow.ShadowAlarms - active;
        var (onlyNew, onlyOld) = ((shadow.Disagreed + more) / 2.0, (shadow.Disagreed - more) / 2.0);
        return onlyNew < 0 || onlyOld < 0 ? null : new Share(shadow.Compared / work.Episode, onlyNew / work.Episode, onlyOld / work.Episode);
    }

    /// <summary>How far the mean of what a device says now lies from what it said with the old model.</summary>
    private static Share? Drift(Work work, Func<EvidenceSum, double> sum)
    {
        if (work.Evidence.Reports == 0 || work.Before is not { Reports: > 0 } before) return null;
        var distance = Math.Abs((sum(work.Evidence) / work.Evidence.Reports) - (sum(before) / before.Reports));
        return new Share(work.Evidence.Reports, work.Evidence.Reports * Math.Min(1, distance));
    }
}
