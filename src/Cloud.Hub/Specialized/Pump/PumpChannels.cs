namespace Cloud.Hub.Specialized.Pump;

/// <summary>Finds what a channel measures from its name.</summary>
internal static class PumpChannels
{
    // First match wins: the fluid's thermocouple before any other temperature.
    private static readonly (string Word, PumpQuantity Quantity)[] Words =
    [
        ("accel", PumpQuantity.Vibration), ("vibration", PumpQuantity.Vibration),
        ("thermocouple", PumpQuantity.FluidTemperature), ("fluid temp", PumpQuantity.FluidTemperature),
        ("temperature", PumpQuantity.MotorTemperature), ("flow", PumpQuantity.Flow),
        ("pressure", PumpQuantity.Pressure), ("current", PumpQuantity.Current), ("voltage", PumpQuantity.Voltage),
    ];

    /// <summary>Null when the name says nothing this pack knows.</summary>
    public static PumpQuantity? Find(string channel)
    {
        foreach (var (word, quantity) in Words)
        {
            if (channel.Contains(word, StringComparison.OrdinalIgnoreCase)) return quantity;
        }

        return null;
    }
}
