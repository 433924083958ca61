using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Buses;

/// <summary>A channel that is read from one sysfs attribute: value = (raw + offset) × scale.</summary>
/// <param name="Path">Attribute that holds the raw number.</param>
public sealed record SysfsChannel(SensorChannel Channel, string Path, double Offset, double Scale)
{
    /// <exception cref="SensorException">The attribute cannot be read or holds no number.</exception>
    public float Read() => (float)((SysfsValue.Read(Path) + Offset) * Scale);
}
