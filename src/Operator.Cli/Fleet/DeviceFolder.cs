using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary>What a device needs before its first start, in a folder: its password, whom it trusts, a first rule, and settings of
/// a simulated pump to begin with.</summary>
internal sealed class DeviceFolder(string path)
{
    private const string FirstRules = """
        # By these the device decides, without a hub too. Format: src/Edge.Agent/Reasoning/README.md; rules that need no model: deploy/edge/rules.yaml
        version: 1
        rules:
          # Three of five windows, so that one odd row wakes nobody.
          - id: model-anomaly
            description: The machine behaves unlike its own healthy rows.
            severity: warning
            when: { prediction: alarm }
            debounce: { count: 3, of: 5 }
            hold: 10s
            action: { actuator: log, command: write }

        """;

    private readonly DeviceTrust _trust = DeviceTrust.In(path);

    public string Settings => Path.Combine(path, "agent.yaml");

    private string Rules => Path.Combine(path, "rules.yaml");

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
        if (!File.Exists(Rules)) await File.WriteAllTextAsync(Rules, FirstRules, cancellation);
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

    /// <summary>Simulated machines are not each other's twins.</summary>
    private static int Seed(string deviceId) => deviceId.Aggregate(7, static (seed, letter) => ((seed * 31) + letter) % 9_973);

    private string Text(EnrolmentAnswer device, Uri broker, Uri artefacts) => $$"""
        # Written by `hmas devices enrol`. Every key: docs/operations/agent-settings.md; `hmas-agent check --settings` says what would run.
        device:
          site: {{device.SiteId}}
          id: {{device.DeviceId}}
          stateFolder: {{Path.Combine(path, "state")}}

        sensor:
          kind: pump                    # a simulated one; replay, motor, iio or hwmon: the section of that name holds the rest
          pump:
            rateHz: 1                   # rows a second
            seed: {{Seed(device.DeviceId)}}                     # of its noise
            # faults: [{ kind: leak, start: 00:20:00, ramp: 00:05:00 }]   # begins 20 minutes after the machine, grows for 5; try it

        rules:
          file: {{Rules}}

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
