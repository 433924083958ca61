using System.Collections.Concurrent;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>The service's door over registry, twins and commands.</summary>
internal sealed class Fleet(DeviceRegistry devices, IGrainFactory grains, TwinCache cache, TwinPublisher twins, TwinAnnouncer announcer, CommandChannel commands, IFleetTransport transport, ILogger<Fleet> logger) : IFleet
{
    /// <summary>Calls to twins that are under way at the same time; their writes share commits.</summary>
    private const int GrainsAtOnce = 4_096;

    private static readonly TimeSpan LongestCommand = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation)
    {
        var order = devices.InOrder;
        var views = new DeviceView[order.Count];
        var asked = new List<int>();
        for (var i = 0; i < views.Length; i++)
        {
            if (cache.Find(order[i]) is { } twin) views[i] = View(devices.Find(order[i])!, twin);
            else asked.Add(i);
        }

        foreach (var some in asked.Chunk(GrainsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(async i => views[i] = await ViewAsync(devices.Find(order[i])!)));
        }

        return views;
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
        DesireAsync(deviceId, async twin => (await twin.SetModelAsync(new(model))).Value, cancellation);

    public async Task<IReadOnlyDictionary<string, string>> SetModelsAsync(IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation)
    {
        var failures = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in models.Chunk(GrainsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(async pair =>
            {
                if (await TrySetAsync(pair.Key, pair.Value) is { } failure) failures[pair.Key] = failure;
            }));
            announcer.Announce(some.Select(static pair => pair.Key).Where(id => !failures.ContainsKey(id)));
        }

        return failures;
    }

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

    /// <summary>Null: it is on disk.</summary>
    private async Task<string?> TrySetAsync(string deviceId, ModelAssignment? model)
    {
        if (devices.Find(deviceId) is null) return new UnknownDeviceException(deviceId).Message;
        try
        {
            await grains.GetGrain<IDeviceTwinGrain>(deviceId).SetModelAsync(new(model));
            return null;
        }
        catch (Exception e)
        {
            logger.TwinNotWritten(deviceId, e);
            return e.Message;
        }
    }

    private async Task<DeviceView> ViewAsync(EnrolledDevice device) =>
        View(device, cache.Find(device.DeviceId) ?? (await grains.GetGrain<IDeviceTwinGrain>(device.DeviceId).ViewAsync()).Value);

    private static DeviceView View(EnrolledDevice device, DeviceTwin twin) => new()
    {
        SiteId = device.SiteId,
        DeviceId = device.DeviceId,
        Online = twin.Presence?.Online ?? false,
        LastSeen = device.LastSeen > twin.HeardAt || twin.HeardAt is null ? device.LastSeen : twin.HeardAt,
        Desired = twin.Desired,
        Reported = twin.Reported,
    };

    private async Task<DesiredState> DesireAsync(string deviceId, Func<IDeviceTwinGrain, Task<DesiredState>> change, CancellationToken cancellation)
    {
        if (devices.Find(deviceId) is null) throw new UnknownDeviceException(deviceId);
        var desired = await change(grains.GetGrain<IDeviceTwinGrain>(deviceId));
        await twins.PublishAsync(deviceId, cancellation);
        return desired;
    }
}
