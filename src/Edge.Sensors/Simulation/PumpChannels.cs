using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Simulation;

/// <summary>The eight channels of a pump circuit, named and ordered as in the Skoltech Anomaly Benchmark.</summary>
public static class PumpChannels
{
    public const int Accelerometer1 = 0;
    public const int Accelerometer2 = 1;
    public const int Current = 2;
    public const int Pressure = 3;
    public const int Temperature = 4;
    public const int Thermocouple = 5;
    public const int Voltage = 6;
    public const int Flow = 7;
    public const int Count = 8;

    /// <summary>Vibration at pump and motor (g), motor current, pressure behind the pump, motor body, fluid, mains voltage, volume flow.</summary>
    public static IReadOnlyList<SensorChannel> All { get; } =
    [
        new("Accelerometer1RMS", "g"),
        new("Accelerometer2RMS", "g"),
        new("Current", "A"),
        new("Pressure", "bar"),
        new("Temperature", "Cel"),
        new("Thermocouple", "Cel"),
        new("Voltage", "V"),
        new("Volume Flow RateRMS", "l/min"),
    ];
}
