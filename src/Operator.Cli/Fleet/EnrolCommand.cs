using System.CommandLine;
using Operator.Cli.Hub;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas devices enrol</c>: a new device, and all it needs before its first start.</summary>
internal static class EnrolCommand
{
    private const int FrontPort = 8080;
    private const int ArtefactPort = 8900;
    private const int BrokerPort = 1883;
    private const int SecureBrokerPort = 8883;

    public static Command Create()
    {
        var site = new Argument<string>("site") { Description = "Where it stands: lower-case letters, digits, hyphens" };
        var device = new Argument<string>("device") { Description = "Its id, unique in the fleet; one that is enrolled gets a new password" };
        var folder = new Option<DirectoryInfo?>(
            "--folder") { HelpName = "folder", Description = "Where to write them [default: the device's id]" };
        var broker = new Option<Uri?>("--broker") 
        {
            Description = "Where the device finds MQTT, such as mqtts://hub.example:8883 [default: beside the hub's front]", HelpName = "uri",
        };
        var artefacts = new Option<Uri?>("--artefacts") 
        {
            Description = "Where it finds artefacts, such as https://hub.example:8900 [default: beside the hub's front]", HelpName = "uri",
        };
        var hub = new HubConnection();
        var command = hub.AddTo(
            new Command(
                "enrol",
                "Enrol a device: password, trusted keys, a first rule and settings in a folder, for hmas agent run --settings FOLDER/agent.yaml") { site, device, folder, broker, artefacts });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var enrolled = await api.EnrolAsync(parsed.GetRequiredValue(site), parsed.GetRequiredValue(device), cancellation);
            var path = parsed.GetValue(folder)?.FullName ?? Path.GetFullPath(enrolled.DeviceId);
            var files = new DeviceFolder(path);
            var isSecure = api.Front.Scheme == Uri.UriSchemeHttps;
            var isNew = await files.WriteAsync(
                enrolled,
                parsed.GetValue(broker) ?? Beside(api.Front, isSecure ? "mqtts" : "mqtt", isSecure ? SecureBrokerPort : BrokerPort),
                parsed.GetValue(artefacts) ?? Beside(api.Front, api.Front.Scheme, ArtefactPort), api.OperatorToken, cancellation);
            Console.WriteLine($"{enrolled.DeviceId} of site {enrolled.SiteId} is enrolled; its password and whom it trusts are in {path}");
            Console.WriteLine(isNew
                ? $"Start it as a simulated pump: ./hmas agent run --settings {files.Settings}"
                : $"The settings that were there stay as they are: {files.Settings}. An older password counts no more: start an agent that runs with it again");
            return 0;
        }));
        return command;
    }

    /// <summary>On the front's host, its port moved as far as the front's is.</summary>
    private static Uri Beside(Uri front, string scheme, int port) => new UriBuilder(scheme, front.Host, port + front.Port - FrontPort).Uri;
}
