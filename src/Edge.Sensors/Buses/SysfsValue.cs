using System.Globalization;

namespace Edge.Sensors.Buses;

/// <summary>Reads single numbers from the kernel's sysfs.</summary>
internal static class SysfsValue
{
    /// <summary>False when the attribute is not there.</summary>
    /// <exception cref="SensorException">It is there but cannot be read or holds no number; the driver says so with an I/O error.</exception>
    public static bool TryRead(string path, out double value)
    {
        value = double.NaN;
        if (!File.Exists(path)) return false;
        value = Read(path);
        return true;
    }

    /// <exception cref="SensorException">Absent, unreadable or no number.</exception>
    public static double Read(string path)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[64];
            using var file = File.OpenHandle(path);
            var length = RandomAccess.Read(file, bytes, 0);
            var text = bytes[..length].Trim(" \n\r\t\0"u8);
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                ? value
                : throw new SensorException($"{path}: holds no number");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SensorException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Text of an attribute, trimmed; null when it cannot be read.</summary>
    public static string? TryReadText(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> bytes = stackalloc byte[256];
            var length = file.Read(bytes);
            return System.Text.Encoding.UTF8.GetString(bytes[..length]).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
