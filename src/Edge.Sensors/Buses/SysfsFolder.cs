namespace Edge.Sensors.Buses;

/// <summary>Lists a sysfs folder.</summary>
internal static class SysfsFolder
{
    /// <exception cref="SensorException">The folder cannot be read.</exception>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        try
        {
            return Directory.GetFiles(folder, pattern);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException($"{folder}: {e.Message}", e);
        }
    }
}
