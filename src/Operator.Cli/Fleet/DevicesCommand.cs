using System.CommandLine;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas devices</c>: the fleet as the hub knows it.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var hub = new HubConnection();
        var command = hub.AddTo(
            new Command("devices", "Every enrolled device: is it there, what answers on it, what is it told to run") { EnrolCommand.Create() });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var devices = await api.DevicesAsync(cancellation);
            var names = await ModelsCommand.NamesAsync(api, cancellation);
            Tables.Print(
                ["site", "device", "online", "answers with", "told", "slot", "hardware", "tags"],
                devices.OrderBy(static device => (device.SiteId, device.DeviceId)).Select(device => Row(device, names)),
                "no device yet: ./hmas devices enrol SITE DEVICE");
            if (devices.Count > 0)
                Console.WriteLine($"{Words.Count(devices.Count, "device")}, {devices.Count(static device => device.Online)} online");
            return 0;
        }));
        return command;
    }

    private static string[] Row(DeviceAnswer device, IReadOnlyDictionary<string, string> names) =>
    [
        device.SiteId, device.DeviceId, device.Online ? "yes" : "no", Name(device.Reported?.ActiveDigest, names),
        Name(device.Desired?.Model?.Digest, names),
        device.Reported?.SlotState.ToString() ?? "-", device.Reported?.Hardware ?? "-",
        string.Join(", ", device.Reported?.Tags.Select(static tag => $"{tag.Key}={tag.Value}") ?? []),
    ];

    private static string Name(string? digest, IReadOnlyDictionary<string, string> names) =>
        digest is not null && names.TryGetValue(digest, out var name) ? name : Words.Digest(digest);
}
