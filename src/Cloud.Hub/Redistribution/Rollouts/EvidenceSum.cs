using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Evidence added up over reports; the latency is the worst of them.</summary>
internal sealed record EvidenceSum(long Windows = 0, long Alarms = 0, long Invalid = 0, double P99Us = 0)
{
    public EvidenceSum Plus(ModelEvidence evidence) => new(
        Windows + evidence.Windows, Alarms + evidence.AlarmWindows, Invalid + evidence.InvalidWindows, Math.Max(P99Us, evidence.InferenceP99Us));

    public EvidenceSum Plus(EvidenceSum other) => new(Windows + other.Windows, Alarms + other.Alarms, Invalid + other.Invalid, Math.Max(P99Us, other.P99Us));

    /// <summary>Null without a window.</summary>
    public double? AlarmRate => Windows > 0 ? (double)Alarms / Windows : null;
}
