using Edge.Agent.Settings;

namespace Edge.Agent.Hosting;

/// <summary>Reads the device's password from its file.</summary>
internal static class Secrets
{
    private const int MaxBytes = 4096;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="SettingsException">Not readable, or readable by others; the message names the file.</exception>
    public static string? ReadPassword(string? path)
    {
        if (path is null) return null;
        try
        {
            var file = new FileInfo(path);
            if (!OperatingSystem.IsWindows() && file.Exists && (file.UnixFileMode & Others) != 0)
                throw new SettingsException([$"hub:passwordFile {path} may be read or written by others: run chmod 600 {path}"]);
            if (file.Exists && file.Length > MaxBytes) throw new SettingsException([$"hub:passwordFile {path} is larger than {MaxBytes} bytes"]);
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"hub:passwordFile {path}: {error.Message}"], error);
        }
    }
}
