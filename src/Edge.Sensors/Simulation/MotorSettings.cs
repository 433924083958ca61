namespace Edge.Sensors.Simulation;

/// <summary>A four-pole induction motor of 1.5 kW with a deep-groove ball bearing at its drive end.</summary>
public sealed record MotorSettings
{
    /// <summary>Rows a second; above <see cref="LowestRateHz"/>, so that the bearing's tones and
    /// their second harmonic are below half of it.</summary>
    public double RateHz { get; init; } = 500;

    public int Seed { get; init; } = 1;

    public FaultPlan Faults { get; init; } = FaultPlan.Healthy;

    /// <summary>Torque over rated torque, 0 to 1.2: slip, current and heat grow with it.</summary>
    public double Load { get; init; } = 0.6;

    /// <summary>°C around the motor.</summary>
    public double AmbientC { get; init; } = 23;

    /// <summary>Of synchronous speed: twice the second harmonic of the outer race's tone.</summary>
    public const double LowestRateHz = 4 * MotorModel.OuterRaceOrder * MotorModel.SynchronousHz;

    /// <exception cref="ArgumentException">Out of range; the message names the field.</exception>
    public void Validate()
    {
        if (!(RateHz > LowestRateHz) || !double.IsFinite(RateHz))
            throw new ArgumentException(FormattableString.Invariant($"RateHz: {RateHz} must be above {LowestRateHz:0.#}"));
        if (Load is not (>= 0 and <= 1.2)) throw new ArgumentException(FormattableString.Invariant($"Load: {Load} must lie between 0 and 1.2"));
        Faults.Validate([FaultKind.BearingWear], MotorChannels.Count);
    }
}
