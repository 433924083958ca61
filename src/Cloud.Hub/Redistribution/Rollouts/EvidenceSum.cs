using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Evidence of one digest on one device, added up over reports.</summary>
/// <param name="Slow">Reports above the latency limit.</param>
/// <param name="Heavy">Reports above the memory limit.</param>
/// <param name="Restarts">Reports by another start of the agent than the one before.</param>
/// <param name="Confidence">Sum over reports of score/(score + threshold), 0 to 1 each.</param>
/// <param name="Input">Sum over reports of how far inputs lie from calibration, 0 to 1 each.</param>
/// <param name="LogP99">Sum over reports of ln(p99 in µs).</param>
/// <param name="ResidentBytes">Sum over reports.</param>
/// <param name="BootId">Of the last report.</param>
internal sealed record EvidenceSum(
    long Windows = 0, long Alarms = 0, long Invalid = 0, long Reports = 0, long Slow = 0, long Heavy = 0, long Restarts = 0, double Confidence = 0, double Input = 0, double LogP99 = 0,
    double ResidentBytes = 0, string? BootId = null)
{
    /// <summary>Nobody is harmed by less than this more than before, whatever the factor: a busy machine takes as much.</summary>
    private const double SlackUs = 5_000;

    /// <summary>Null without a window.</summary>
    public double? AlarmRate => Windows > 0 ? (double)Alarms / Windows : null;

    /// <param name="before">What the device showed with the model before: slow and heavy are held against it; null: nothing.</param>
    public EvidenceSum Plus(ModelEvidence evidence, GatePolicy gate, EvidenceSum? before)
    {
        var usual = before is { Reports: > 0 } known ? known : null;
        var usualUs = usual is null ? double.PositiveInfinity : Math.Exp(usual.LogP99 / usual.Reports);
        var isSlow = evidence.InferenceP99Us > Math.Min(gate.MaximumInferenceP99Us, Math.Max(gate.MaximumLatencyFactor * usualUs, usualUs + SlackUs));
        var isHeavy = usual is not null && evidence.ResidentBytes > (usual.ResidentBytes / usual.Reports) + gate.MaximumMemoryGrowthBytes;
        return new EvidenceSum(
            Windows + evidence.Windows, Alarms + evidence.AlarmWindows, Invalid + evidence.InvalidWindows, Reports + 1, Slow + (isSlow ? 1 : 0), Heavy + (isHeavy ? 1 : 0),
            Restarts + ((BootId ?? before?.BootId) is { } boot && boot != evidence.BootId ? 1 : 0), Confidence + Bounded(evidence.MeanScoreRatio), Input + evidence.MeanInputDeviation,
            LogP99 + Math.Log(Math.Max(1, evidence.InferenceP99Us)), ResidentBytes + evidence.ResidentBytes, evidence.BootId);
    }

    public EvidenceSum Plus(EvidenceSum other) => new(
        Windows + other.Windows, Alarms + other.Alarms, Invalid + other.Invalid, Reports + other.Reports, Slow + other.Slow, Heavy + other.Heavy, Restarts + other.Restarts, Confidence + other.Confidence,
        Input + other.Input, LogP99 + other.LogP99, ResidentBytes + other.ResidentBytes);

    /// <summary>What came since <paramref name="earlier"/>; null: everything.</summary>
    public EvidenceSum Since(EvidenceSum? earlier) => earlier is null ? this : new(
        Windows - earlier.Windows, Alarms - earlier.Alarms, Invalid - earlier.Invalid, Reports - earlier.Reports, Slow - earlier.Slow, Heavy - earlier.Heavy, Restarts - earlier.Restarts,
        Confidence - earlier.Confidence, Input - earlier.Input, LogP99 - earlier.LogP99, ResidentBytes - earlier.ResidentBytes);

    private static double Bounded(double ratio) => ratio > 0 ? ratio / (1 + ratio) : 0;
}
