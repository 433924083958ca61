using Edge.Sensors.Simulation;

namespace Edge.Agent.Settings;

/// <summary>A simulated pump as the sensor. Section <c>sensor:pump</c>; meanings as in <see cref="PumpSettings"/>.</summary>
internal sealed class PumpOptionsSection
{
    /// <summary>Rows a second. Default 1.</summary>
    public double RateHz { get; set; } = 1;

    public int Seed { get; set; } = 1;

    /// <summary>Motor speed over its rated speed. Default 0.8.</summary>
    public double Speed { get; set; } = 0.8;

    /// <summary>Open share of the valve. Default 1.</summary>
    public double ValveOpening { get; set; } = 1;

    public IList<FaultOptions> Faults { get; } = [];

    /// <exception cref="SettingsException">Out of range; the message names the key.</exception>
    public PumpSettings ToPump()
    {
        var pump = new PumpSettings { RateHz = RateHz, Seed = Seed, Speed = Speed, ValveOpening = ValveOpening, Faults = FaultOptions.ToPlan(
            "sensor:pump", Faults, PumpChannels.All) };
        try
        {
            pump.Validate();
            return pump;
        }
        catch (ArgumentException error)
        {
            throw new SettingsException([$"sensor:pump: {error.Message}"], error);
        }
    }
}
