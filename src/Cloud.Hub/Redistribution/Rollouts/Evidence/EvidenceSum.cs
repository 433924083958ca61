using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>Evidence of one digest on one device, added up over reports.</summary>
internal sealed record EvidenceSum
{
    /// <summary>Nobody is harmed by less than this more than before, whatever the factor: a busy machine takes as much.</summary>
    private const double SlackUs = 5_000;

    public long Windows { get; init; }

    public long Alarms { get; init; }

    public long Invalid { get; init; }

    public long Reports { get; init; }

    /// <summary>Reports whose p99 rests on too few timed answers to be judged.</summary>
    public long Untimed { get; init; }

    /// <summary>Reports whose p99 is judged.</summary>
    public long Timed => Reports - Untimed;

    /// <summary>Timed reports above the latency limit.</summary>
    public long Slow { get; init; }

    /// <summary>Reports above the memory limit.</summary>
    public long Heavy { get; init; }

    /// <summary>Reports by another start of the agent than the one before.</summary>
    public long Restarts { get; init; }

    /// <summary>Sum over reports of score/(score + threshold), 0 to 1 each.</summary>
    public double Confidence { get; init; }

    /// <summary>Sum over reports of how far inputs lie from calibration, 0 to 1 each.</summary>
    public double Input { get; init; }

    /// <summary>Sum over timed reports of ln(p99 in µs).</summary>
    public double LogP99 { get; init; }

    /// <summary>Sum over reports.</summary>
    public double ResidentBytes { get; init; }

    /// <summary>Reports with a temperature.</summary>
    public long Measured { get; init; }

    /// <summary>Of them those above the limit.</summary>
    public long Hot { get; init; }

    /// <summary>Sum over them, °C.</summary>
    public double TemperatureC { get; init; }

    /// <summary>Reports with a battery's charge after another one.</summary>
    public long Charges { get; init; }

    /// <summary>Sum over them of the percentage points lost since the one before, 0 to 1 each: a charge is told in
    /// whole points, so that most reports show none and some show one.</summary>
    public double Drained { get; init; }

    /// <summary>Charge at the last report that had one, 0 to 1.</summary>
    public double? Charge { get; init; }

    /// <summary>Of the last report.</summary>
    public string? BootId { get; init; }

    /// <param name="before">What the device showed with what it had before: slow, heavy and hot are held against it; null: nothing.</param>
    public EvidenceSum Plus(ModelEvidence evidence, GatePolicy gate, EvidenceSum? before)
    {
        var usual = before is { Reports: > 0 } known ? known : null;
        var usualUs = usual is { Timed: > 0 } ? Math.Exp(usual.LogP99 / usual.Timed) : double.PositiveInfinity;
        var isTimed = evidence.InferenceTimings is null or >= ModelEvidence.EnoughTimings;
        var mostUs = Math.Min(gate.MaximumInferenceP99Us, Math.Max(gate.MaximumLatencyFactor * usualUs, usualUs + SlackUs));
        var isSlow = isTimed && evidence.InferenceP99Us > mostUs;
        var isHeavy = usual is not null && evidence.ResidentBytes > (usual.ResidentBytes / usual.Reports) + gate.MaximumMemoryGrowthBytes;
        var (temperature, charge) = (evidence.Vitals?.TemperatureC, evidence.Vitals?.BatteryShare);
        var usualC = usual is { Measured: > 0 } ? usual.TemperatureC / usual.Measured : double.PositiveInfinity;
        var isHot = temperature > Math.Min(gate.MaximumTemperatureC, usualC + gate.MaximumTemperatureGrowthC);
        return this with
        {
            Windows = Windows + evidence.Windows,
            Alarms = Alarms + evidence.AlarmWindows,
            Invalid = Invalid + evidence.InvalidWindows,
            Reports = Reports + 1,
            Untimed = Untimed + (isTimed ? 0 : 1),
            Slow = Slow + (isSlow ? 1 : 0),
            Heavy = Heavy + (isHeavy ? 1 : 0),
            Restarts = Restarts + ((BootId ?? before?.BootId) is { } boot && boot != evidence.BootId ? 1 : 0),
            Confidence = Confidence + Bounded(evidence.MeanScoreRatio),
            Input = Input + evidence.MeanInputDeviation,
            LogP99 = LogP99 + (isTimed ? Math.Log(Math.Max(1, evidence.InferenceP99Us)) : 0),
            ResidentBytes = ResidentBytes + evidence.ResidentBytes,
            Measured = Measured + (temperature is null ? 0 : 1),
            Hot = Hot + (isHot ? 1 : 0),
            TemperatureC = TemperatureC + (temperature ?? 0),
            Charges = Charges + (charge is null || Charge is null ? 0 : 1),
            Drained = Drained + (charge is { } now && Charge is { } earlier ? Math.Clamp((earlier - now) * 100, 0, 1) : 0),
            Charge = charge ?? Charge,
            BootId = evidence.BootId,
        };
    }

    public EvidenceSum Plus(EvidenceSum other) => Combine(other, 1);

    /// <summary>What came since <paramref name="earlier"/>; null: everything.</summary>
    public EvidenceSum Since(EvidenceSum? earlier) => earlier is null ? this : Combine(earlier, -1);

    private EvidenceSum Combine(EvidenceSum other, int sign) => new()
    {
        Windows = Windows + (sign * other.Windows),
        Alarms = Alarms + (sign * other.Alarms),
        Invalid = Invalid + (sign * other.Invalid),
        Reports = Reports + (sign * other.Reports),
        Untimed = Untimed + (sign * other.Untimed),
        Slow = Slow + (sign * other.Slow),
        Heavy = Heavy + (sign * other.Heavy),
        Restarts = Restarts + (sign * other.Restarts),
        Confidence = Confidence + (sign * other.Confidence),
        Input = Input + (sign * other.Input),
        LogP99 = LogP99 + (sign * other.LogP99),
        ResidentBytes = ResidentBytes + (sign * other.ResidentBytes),
        Measured = Measured + (sign * other.Measured),
        Hot = Hot + (sign * other.Hot),
        TemperatureC = TemperatureC + (sign * other.TemperatureC),
        Charges = Charges + (sign * other.Charges),
        Drained = Drained + (sign * other.Drained),
    };

    private static double Bounded(double ratio) => ratio > 0 ? ratio / (1 + ratio) : 0;
}
