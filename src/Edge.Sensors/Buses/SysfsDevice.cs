namespace Edge.Sensors.Buses;

/// <summary>Finds a device of the kernel by the name that stays the same, since the numbers of
/// <c>iio:device0</c> and <c>hwmon0</c> depend on the order of start.</summary>
public static class SysfsDevice
{
    /// <summary>The folder of the device below <paramref name="root"/>.</summary>
    /// <param name="root">For example <see cref="Iio.IioDevice.DefaultRoot"/>.</param>
    /// <param name="device">Content of the attribute <c>name</c> (the driver's or chip's), or the folder's own name.</param>
    /// <exception cref="SensorException">There is none, or more than one of that name; the message lists what is there.</exception>
    public static string Find(string root, string device)
    {
        var folders = Folders(root);
        if (folders.FirstOrDefault(folder => Path.GetFileName(folder) == device) is { } exact) return exact;
        var named = folders.Where(folder => NameOf(folder) == device).ToList();
        return named.Count switch
        {
            1 => named[0],
            0 => throw new SensorException(
                $"{root}: no device '{device}', there are {(folders.Count == 0 ? "none" : string.Join(", ", folders.Select(Describe)))}"),
            _ => throw new SensorException(
                $"{root}: '{device}' is the name of {string.Join(" and ", named.Select(Path.GetFileName))}; name the folder instead"),
        };
    }

    private static List<string> Folders(string root)
    {
        try
        {
            // Links, as the kernel makes them, count as directories.
            return [.. Directory.GetDirectories(root).Order(StringComparer.Ordinal)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SensorException($"{root}: {error.Message}", error);
        }
    }

    private static string? NameOf(string folder) => SysfsValue.TryReadText(Path.Combine(folder, "name"));

    private static string Describe(string folder) => $"{NameOf(folder) ?? "nameless"} ({Path.GetFileName(folder)})";
}
