using Edge.Agent.Settings;

namespace Edge.Agent.Hosting;

/// <summary>Reads a secret from its file.</summary>
internal static class Secrets
{
    private const int MaxBytes = 4096;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <param name="setting">That names the file, for the message.</param>
    /// <exception cref="SettingsException">Not readable, or readable by others; the message names the file.</exception>
    public static string? Read(string? path, string setting)
    {
        if (path is null) return null;
        try
        {
            var file = new FileInfo(path);
            if (!OperatingSystem.IsWindows() && file.Exists && (file.UnixFileMode & Others) != 0)
                throw new SettingsException([$"{setting} {path} may be read or written by others: run chmod 600 {path}"]);
            if (file.Exists && file.Length > MaxBytes) throw new SettingsException([$"{setting} {path} is larger than {MaxBytes} bytes"]);
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"{setting} {path}: {error.Message}"], error);
        }
    }

    /// <summary>What the devices of a site share; null: this one shares nothing.</summary>
    /// <exception cref="SettingsException">As above, or too short.</exception>
    public static string? OfSite(PeerOptions peers)
    {
        var secret = Read(peers.SecretFile, "peers:secretFile");
        return secret is null || secret.Length >= PeerOptions.MinSecretBytes
            ? secret
            : throw new SettingsException(
                [$"peers:secretFile {peers.SecretFile} holds {secret.Length} characters, {PeerOptions.MinSecretBytes} are the least"]);
    }
}
