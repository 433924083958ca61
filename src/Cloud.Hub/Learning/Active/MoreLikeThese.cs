using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;

namespace Cloud.Hub.Learning.Active;

/// <summary>Asks devices to keep windows like those that people are asked about: unsure of one window is unsure of its kind.</summary>
/// <remarks>What a device keeps for it is bounded by the request, and with all else by the device's outbox.</remarks>
internal sealed class MoreLikeThese(IFleet fleet, ILogger<MoreLikeThese> logger)
{
    /// <summary>In units of the calibration; windows three of them apart count as rare on the device.</summary>
    private const float Radius = 1;

    private const int Windows = 10;

    /// <summary>Windows a device looks at before it forgets: half a day at one a second.</summary>
    private const int Within = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="unsure">Windows just asked about; those of runs without a calibration are passed over.</param>
    /// <returns>Devices that took it on.</returns>
    public async Task<int> AskAsync(IEnumerable<AskedWindow> unsure, CancellationToken cancellation)
    {
        var online = (await fleet.DevicesAsync(cancellation)).Where(device => device.Online).Select(device => device.DeviceId).ToHashSet();
        var taken = await Task.WhenAll(unsure.Where(window => window.IsCalibrated && online.Contains(window.Experience.DeviceId))
            .GroupBy(window => window.Experience.DeviceId).Select(device => AskAsync(device.Key, device, cancellation)));
        return taken.Count(isTaken => isTaken);
    }

    private async Task<bool> AskAsync(string device, IEnumerable<AskedWindow> unsure, CancellationToken cancellation)
    {
        var request = new KeepNear([.. unsure.OrderByDescending(window => window.Uncertainty).Take(KeepNear.MaxPoints)
            .Select(window => window.Features)], Radius, Windows, Within);
        try
        {
            var arguments = new Dictionary<string, string> {
                [KeepNear.Argument] = JsonSerializer.Serialize(request, ContractsJson.Default.KeepNear) };
            var reply = await fleet.SendAsync(device, KeepNear.Kind, Patience, arguments, cancellation);
            if (!reply.Succeeded) Log.NotKeptNear(logger, device, reply.Error ?? "failed", reply.Detail ?? "");
            return reply.Succeeded;
        }
        catch (Exception failure) when (failure is UnknownDeviceException or InvalidOperationException)
        {
            Log.NotKeptNear(logger, device, "failed", failure.Message);
            return false;
        }
    }
}
