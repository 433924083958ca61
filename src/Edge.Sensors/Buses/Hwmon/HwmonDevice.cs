using Hmas.Contracts.Sensing;

namespace Edge.Sensors.Buses.Hwmon;

/// <summary>Channels of one hardware monitoring chip, as sysfs shows them (kernel: Documentation/hwmon/sysfs-interface.rst).</summary>
public static class HwmonDevice
{
    public const string DefaultRoot = "/sys/class/hwmon";

    private static readonly (string Prefix, string Unit, double Factor)[] Types =
    [
        ("temp", "Cel", 1e-3),
        ("in", "V", 1e-3),
        ("curr", "A", 1e-3),
        ("power", "W", 1e-6),
        ("humidity", "%RH", 1e-3),
        ("fan", "1/min", 1),
    ];

    /// <summary>Finds every <c>*_input</c>; channels are named <c>chip_label</c>, or <c>chip_attribute</c> without a label.</summary>
    /// <param name="folder">For example <c>/sys/class/hwmon/hwmon0</c>.</param>
    /// <exception cref="SensorException">The folder cannot be read or has no input.</exception>
    public static IReadOnlyList<SysfsChannel> Discover(string folder)
    {
        var chip = SysfsValue.TryReadText(Path.Combine(folder, "name")) ?? Path.GetFileName(folder);
        var channels = new List<SysfsChannel>();
        foreach (var path in SysfsFolder.Files(folder, "*_input").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path)[..^6];
            var type = Types.FirstOrDefault(type => name.TrimEnd("0123456789".ToCharArray()) == type.Prefix);
            if (type.Prefix is null) continue;
            var label = SysfsValue.TryReadText($"{path[..^6]}_label") ?? name;
            channels.Add(new SysfsChannel(new SensorChannel($"{chip}_{label}", type.Unit), path, 0, type.Factor));
        }

        return channels.Count > 0 ? channels : throw new SensorException($"{folder}: has no input channel");
    }
}
