using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary>What a device needs before its first start, in a folder: its password, whom it trusts, and settings of a simulated pump to begin
/// with.</summary>
internal sealed class DeviceFolder(string path)
{
    private readonly DeviceTrust _trust = DeviceTrust.In(path);

    public string Settings => Path.Combine(path, "agent.yaml");

    private string Password => Path.Combine(path, "password");

    /// <summary>Writes everything; settings that are there stay as they are.</summary>
    /// <returns>False: there were settings.</returns>
    public async Task<bool> WriteAsync(
        EnrolmentAnswer device, Uri broker, Uri artefacts, string operatorToken, CancellationToken cancellation)
    {
        Directory.CreateDirectory(path);
        await _trust.FetchAsync(artefacts, operatorToken, device.DeviceId, cancellation);
        WriteSecret(Password, device.Password);
        if (File.Exists(Settings)) return false;
        await File.WriteAllTextAsync(Settings, Text(device, broker, artefacts), cancellation);
        return true;
    }

    /// <summary>Readable by its owner alone from the first byte on.</summary>
    public static void WriteSecret(string path, string secret)
    {
        using var file = new FileStream(
            path,
            new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        using var writer = new StreamWriter(file);
        writer.Write(secret);
    }

    private string Text(EnrolmentAnswer device, Uri broker, Uri artefacts) => $$"""
        # Written by `hmas devices enrol`. Every key: docs/operations/agent-settings.md; `hmas-agent check --settings` says what would run.
        device:
          site: {{device.SiteId}}
          id: {{device.DeviceId}}
          stateFolder: {{Path.Combine(path, "state")}}

        sensor:
          kind: pump                    # a simulated one; replay, motor, iio or hwmon: the section of that name holds the rest
          pump: { rateHz: 1, seed: 1 }

        hub:
          broker: {{broker.ToString().TrimEnd('/')}}
          artefacts: {{artefacts}}
          passwordFile: {{Password}}

        model:
          trustedKeysFile: {{_trust.Keys}}
          imageRoot: {{_trust.Images}}
          directorRoot: {{_trust.Director}}

        log:
          format: console
        """ + "\n";
}
