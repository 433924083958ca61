using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>The service's door over registry, twins and commands.</summary>
internal sealed class Fleet(DeviceRegistry devices, TwinPublisher twins, CommandChannel commands, IFleetTransport transport, ILogger<Fleet> logger) : IFleet
{
    private static readonly TimeSpan LongestCommand = TimeSpan.FromDays(1);

    public Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<DeviceView>>([.. devices.All.Select(View).OrderBy(static view => view.SiteId, StringComparer.Ordinal).ThenBy(static view => view.DeviceId, StringComparer.Ordinal)]);

    public Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation) =>
        Task.FromResult(devices.Find(deviceId) is { } device ? View(device) : null);

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
        DesireAsync(deviceId, desired => desired with { Model = model }, cancellation);

    public Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation)
    {
        if (!(boost is >= 0.01 and <= 100)) throw new ArgumentOutOfRangeException(nameof(boost), boost, "a sampling boost is 0.01 to 100");
        return DesireAsync(deviceId, desired => desired with { SamplingBoost = boost }, cancellation);
    }

    public Task<CommandReply> SendAsync(string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation)
    {
        if (expiresIn <= TimeSpan.Zero || expiresIn > LongestCommand) throw new ArgumentOutOfRangeException(nameof(expiresIn), expiresIn, $"a command expires within {LongestCommand.TotalHours} h");
        return commands.SendAsync(devices.Find(deviceId) ?? throw new UnknownDeviceException(deviceId), kind, expiresIn, arguments, cancellation);
    }

    private static DeviceView View(DeviceState device) => new()
    {
        SiteId = device.SiteId,
        DeviceId = device.DeviceId,
        Online = device.Presence?.Online ?? false,
        LastSeen = device.LastSeen,
        Desired = device.Desired,
        Reported = device.Reported,
    };

    private async Task<DesiredState> DesireAsync(string deviceId, Func<DesiredState, DesiredState> change, CancellationToken cancellation)
    {
        var device = await devices.DesireAsync(deviceId, change, cancellation);
        await twins.PublishAsync(deviceId, cancellation);
        return device.Desired!;
    }
}
