using System.Globalization;
using Operator.Cli.Hub;

namespace Operator.Cli.Demo.Site;

/// <summary>The settings file of a demo device.</summary>
internal static class AgentSettings
{
    public static string Write(
        Device device, string passwordFile, DemoOptions options, int mqttPort, Uri artefacts, DeviceTrust trust)
    {
        var startAt = DateTimeOffset.UnixEpoch.AddMicroseconds(device.StartUs);
        return string.Create(CultureInfo.InvariantCulture, $"""
            # Written by the demo.
            device:
              site: {DemoSite.SiteId}
              id: {device.Id}
              stateFolder: {device.Folder}/state
            sensor:
              kind: replay
              replay:
                folder: {device.Playlist}
                follow: true
                speed: {options.Speed}
                startAt: {startAt:yyyy-MM-ddTHH:mm:ssZ}
                pause: {Device.Pause:c}
            hub:
              broker: mqtt://127.0.0.1:{mqttPort}
              artefacts: {artefacts}
              passwordFile: {passwordFile}
              batchDelay: 00:00:00.250
              reportInterval: 00:00:02
            model:
              trustedKeysFile: {trust.Keys}
              imageRoot: {trust.Images}
              directorRoot: {trust.Director}
              evidenceWindows: 20
            rules:
              file: {options.Root.FullName}/deploy/edge/rules.yaml
            decisionLog:
              file: {device.DecisionLogFile}
            log:
              level: information
            """) + "\n";
    }
}
