using Cloud.Hub.Host;
using Cloud.Hub.Tests.Host;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution.DirectDevices;

/// <summary>One hub, asked every second, and one maker of firmware for all tests with swupdate.</summary>
public sealed class SwupdateHub : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();

    public HubProcess Process { get; private set; } = null!;

    internal FirmwareArchive Firmware { get; } = new();

    public async Task InitializeAsync() => Process = await HubProcess.StartAsync(
        string.Join(',', HubServices.All), _folder.File("hub"), new Dictionary<string, string> { ["Redistribution:DirectPolling"] = "00:00:01" });

    public async Task DisposeAsync() => await Process.DisposeAsync();

    public void Dispose()
    {
        Firmware.Dispose();
        _folder.Dispose();
    }
}
