using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Buses.Iio;

/// <summary>Channels of one device of Linux Industrial I/O, as sysfs shows them (kernel: Documentation/ABI/testing/sysfs-bus-iio).</summary>
public static class IioDevice
{
    public const string DefaultRoot = "/sys/bus/iio/devices";

    // Kernel units to ours: milli of the SI unit, except pressure in kilopascal and acceleration and magnetism in SI already.
    private static readonly (string Prefix, string Unit, double Factor)[] Types =
    [
        ("temp", "Cel", 1e-3),
        ("humidityrelative", "%RH", 1e-3),
        ("voltage", "V", 1e-3),
        ("current", "A", 1e-3),
        ("power", "W", 1e-3),
        ("pressure", "Pa", 1e3),
        ("accel", "m/s2", 1),
        ("anglvel", "rad/s", 1),
        ("magn", "G", 1),
        ("illuminance", "lx", 1),
        ("distance", "m", 1),
    ];

    /// <summary>Finds every input channel: <c>in_*_input</c>, or <c>in_*_raw</c> with its scale and offset (own or shared by type).</summary>
    /// <param name="folder">For example <c>/sys/bus/iio/devices/iio:device0</c>.</param>
    /// <returns>In ordinal order of name; channels are named <c>device_channel</c> after the driver's name.</returns>
    /// <exception cref="SensorException">The folder cannot be read or has no input channel.</exception>
    public static IReadOnlyList<SysfsChannel> Discover(string folder)
    {
        var device = SysfsValue.TryReadText(Path.Combine(folder, "name")) ?? Path.GetFileName(folder);
        var channels = new List<SysfsChannel>();
        foreach (var path in SysfsFolder.Files(folder, "in_*").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (name.EndsWith("_input", StringComparison.Ordinal)) channels.Add(Processed(device, path, name[3..^6]));
            else if (name.EndsWith("_raw", StringComparison.Ordinal) && !File.Exists($"{path[..^4]}_input"))
                channels.Add(Raw(folder, device, path, name[3..^4]));
        }

        return channels.Count > 0 ? channels : throw new SensorException($"{folder}: has no input channel");
    }

    private static SysfsChannel Processed(string device, string path, string name)
    {
        var (unit, factor) = TypeOf(name);
        return new SysfsChannel(new SensorChannel($"{device}_{name}", unit), path, 0, factor);
    }

    private static SysfsChannel Raw(string folder, string device, string path, string name)
    {
        var (unit, factor) = TypeOf(name);
        var scale = Attribute(folder, name, "scale") ?? 1;
        return new SysfsChannel(new SensorChannel($"{device}_{name}", unit), path, Attribute(folder, name, "offset") ?? 0, scale * factor);
    }

    // in_voltage3_scale, or in_voltage_scale for all of the type; in_accel_x_scale or in_accel_scale.
    private static double? Attribute(string folder, string name, string what)
    {
        if (SysfsValue.TryRead(Path.Combine(folder, $"in_{name}_{what}"), out var own)) return own;
        var type = name.Split('_')[0].TrimEnd("0123456789".ToCharArray());
        return SysfsValue.TryRead(Path.Combine(folder, $"in_{type}_{what}"), out var shared) ? shared : null;
    }

    private static (string Unit, double Factor) TypeOf(string name)
    {
        foreach (var (prefix, unit, factor) in Types)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) return (unit, factor);
        }

        return ("", 1);
    }
}
