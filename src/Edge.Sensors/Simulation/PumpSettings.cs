namespace Edge.Sensors.Simulation;

/// <summary>A pump circuit of laboratory size; the defaults give the levels seen in the Skoltech Anomaly Benchmark.</summary>
public sealed record PumpSettings
{
    public double RateHz { get; init; } = 1;

    public int Seed { get; init; } = 1;

    public FaultPlan Faults { get; init; } = FaultPlan.Healthy;

    /// <summary>Motor speed over its rated speed, 0.3 to 1.2: flow goes with it, head with its square, power with its cube.</summary>
    public double Speed { get; init; } = 0.8;

    /// <summary>Open share of the loop's valve, above 0 to 1.</summary>
    public double ValveOpening { get; init; } = 1;

    /// <summary>°C around motor and tank.</summary>
    public double AmbientC { get; init; } = 23;

    /// <summary>Seconds the motor has been running at the start: the shorter, the more it still warms up.</summary>
    public double RunningFor { get; init; } = 3600;

    /// <exception cref="ArgumentException">Out of range; the message names the field.</exception>
    public void Validate()
    {
        if (!double.IsFinite(RateHz) || RateHz <= 0) throw new ArgumentException($"RateHz: {RateHz} must be above 0");
        if (Speed is not (>= 0.3 and <= 1.2)) throw new ArgumentException($"Speed: {Speed} must lie between 0.3 and 1.2");
        if (ValveOpening is not (> 0 and <= 1)) throw new ArgumentException($"ValveOpening: {ValveOpening} must be above 0 and at most 1");
        if (RunningFor is not >= 0) throw new ArgumentException($"RunningFor: {RunningFor} must not be negative");
        Faults.Validate([FaultKind.BearingWear, FaultKind.ValveClosing, FaultKind.Leak, FaultKind.Cavitation], PumpChannels.Count);
    }
}
