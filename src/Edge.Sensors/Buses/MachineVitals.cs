using Hmas.Contracts.Twins;

namespace Edge.Sensors.Buses;

/// <summary>The machine's own battery and heat, as the kernel shows them in sysfs.</summary>
/// <remarks>Kernel: Documentation/ABI/testing/sysfs-class-power (<c>type</c>, <c>scope</c>, <c>capacity</c> in percent) and
/// sysfs-class-thermal (<c>temp</c> in thousandths of a °C). Any thread.</remarks>
public static class MachineVitals
{
    public const string DefaultRoot = "/sys/class";

    /// <summary>Null where nothing of the kind is there or answers.</summary>
    /// <param name="root">Folder with <c>power_supply</c> and <c>thermal</c>.</param>
    public static DeviceVitals? Read(string root = DefaultRoot)
    {
        var (charge, temperature) = (Charge(root), Temperature(root));
        return charge is null && temperature is null ? null : new DeviceVitals(charge, temperature);
    }

    /// <summary>Of the emptiest battery that feeds the machine; one that feeds a mouse says <c>Device</c> in its scope.</summary>
    private static double? Charge(string root)
    {
        double? lowest = null;
        foreach (var supply in Folders(Path.Combine(root, "power_supply"), "*"))
        {
            if (SysfsValue.TryReadText(Path.Combine(supply, "type")) != "Battery"
                || SysfsValue.TryReadText(Path.Combine(supply, "scope")) == "Device")
                continue;
            if (Value(Path.Combine(supply, "capacity")) is >= 0 and <= 100 and var percent && !(lowest <= percent / 100)) lowest = percent / 100;
        }

        return lowest;
    }

    private static double? Temperature(string root)
    {
        double? highest = null;
        foreach (var zone in Folders(Path.Combine(root, "thermal"), "thermal_zone*"))
        {
            if (Value(Path.Combine(zone, "temp")) is { } milli && !(highest >= milli / 1000)) highest = milli / 1000;
        }

        return highest;
    }

    private static string[] Folders(string parent, string pattern)
    {
        try
        {
            return Directory.Exists(parent) ? Directory.GetDirectories(parent, pattern) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>A zone that is switched off, or a battery being changed, answers with an error.</summary>
    private static double? Value(string path)
    {
        try
        {
            return SysfsValue.TryRead(path, out var value) ? value : null;
        }
        catch (SensorException)
        {
            return null;
        }
    }
}
