using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>The service's door over registry, twins and commands.</summary>
internal sealed class Fleet(DeviceRegistry devices, IGrainFactory grains, TwinPublisher twins, CommandChannel commands, IFleetTransport transport, ILogger<Fleet> logger) : IFleet
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation)
    {
        var views = await Task.WhenAll(devices.All.Select(ViewAsync));
        return [.. views.OrderBy(static view => view.SiteId, StringComparer.Ordinal).ThenBy(static view => view.DeviceId, StringComparer.Ordinal)];
    }

    public async Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation) => devices.Find(deviceId) is { } device ? await ViewAsync(device) : null;

    public async Task<Enrolment> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation)
    {
        Ids.Require(siteId, "site");
        Ids.Require(deviceId, "device");
        var password = DeviceSecret.Create();
        await devices.EnrolAsync(siteId, deviceId, DeviceSecret.HashOf(password), cancellation);
        await transport.DisconnectAsync(deviceId);
        logger.Enrolled(deviceId, siteId);
        return new Enrolment(siteId, deviceId, password);
    }

    public Task<DesiredState> SetModelAsync(string deviceId, ModelAssignment? model, CancellationToken cancellation) =>
        DesireAsync(deviceId, twin => twin.SetModelAsync(model), cancellation);

    public Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation)
    {
        if (!(boost is >= 0.01 and <= 100)) throw new ArgumentOutOfRangeException(nameof(boost), boost, "a sampling boost is 0.01 to 100");
        return DesireAsync(deviceId, twin => twin.SetSamplingBoostAsync(boost), cancellation);
    }

    public Task<CommandReply> SendAsync(string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation)
    {
        if (expiresIn <= TimeSpan.Zero || expiresIn > LongestCommand) throw new ArgumentOutOfRangeException(nameof(expiresIn), expiresIn, $"a command expires within {LongestCommand.TotalHours} h");
        return commands.SendAsync(devices.Find(deviceId) ?? throw new UnknownDeviceException(deviceId), kind, expiresIn, arguments, cancellation);
    }

    private async Task<DeviceView> ViewAsync(EnrolledDevice device)
    {
        var twin = (await grains.GetGrain<IDeviceTwinGrain>(device.DeviceId).ViewAsync()).Value;
        return new DeviceView
        {
            SiteId = device.SiteId,
            DeviceId = device.DeviceId,
            Online = twin.Presence?.Online ?? false,
            LastSeen = device.LastSeen > twin.HeardAt || twin.HeardAt is null ? device.LastSeen : twin.HeardAt,
            Desired = twin.Desired,
            Reported = twin.Reported,
        };
    }

    private async Task<DesiredState> DesireAsync(string deviceId, Func<IDeviceTwinGrain, Task<DesiredState>> change, CancellationToken cancellation)
    {
        if (devices.Find(deviceId) is null) throw new UnknownDeviceException(deviceId);
        var desired = await change(grains.GetGrain<IDeviceTwinGrain>(deviceId));
        await twins.PublishAsync(deviceId, cancellation);
        return desired;
    }
}
