using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>The channels of the simulated motor.</summary>
public static class MotorChannels
{
    public const int Vibration = 0;
    public const int Current = 1;
    public const int Temperature = 2;
    public const int Speed = 3;
    public const int Count = 4;

    /// <summary>Acceleration at the bearing's housing (waveform, not RMS), stator current, housing temperature, shaft speed.</summary>
    public static IReadOnlyList<SensorChannel> All { get; } = [
        new("Vibration", "g"), new("Current", "A"), new("Temperature", "Cel"), new("ShaftSpeed", "Hz")];
}
