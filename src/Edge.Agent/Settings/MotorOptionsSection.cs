using Edge.Sensors.Simulation;

namespace Edge.Agent.Settings;

/// <summary>A simulated motor as the sensor. Section <c>sensor:motor</c>; meanings as in <see cref="MotorSettings"/>.</summary>
internal sealed class MotorOptionsSection
{
    /// <summary>Rows a second. Default 500.</summary>
    public double RateHz { get; set; } = 500;

    public int Seed { get; set; } = 1;

    /// <summary>Torque over rated torque. Default 0.6.</summary>
    public double Load { get; set; } = 0.6;

    public IList<FaultOptions> Faults { get; } = [];

    /// <exception cref="SettingsException">Out of range; the message names the key.</exception>
    public MotorSettings ToMotor()
    {
        var motor = new MotorSettings { RateHz = RateHz, Seed = Seed, Load = Load, Faults = FaultOptions.ToPlan(
            "sensor:motor", Faults, MotorChannels.All) };
        try
        {
            motor.Validate();
            return motor;
        }
        catch (ArgumentException error)
        {
            throw new SettingsException([$"sensor:motor: {error.Message}"], error);
        }
    }
}
