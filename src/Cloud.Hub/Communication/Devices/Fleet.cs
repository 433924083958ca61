using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Commands;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;
using Hmas.Storage;

namespace Cloud.Hub.Communication.Devices;

/// <summary>The service's door over registry, twins and commands.</summary>
internal sealed class Fleet(
    DeviceRegistry devices, IGrainFactory grains, TwinCache cache, DesiredStates states, TwinPublisher publisher, TwinAnnouncer announcer,
    CommandChannel commands, IFleetTransport transport, ILogger<Fleet> logger) : IFleet
{
    /// <summary>Calls to twins that are under way at the same time.</summary>
    private const int GrainsAtOnce = 4_096;

    private static readonly TimeSpan LongestCommand = TimeSpan.FromDays(1);

    public async Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation)
    {
        var order = devices.InOrder;
        var twins = await TwinsAsync(order, cancellation);
        var views = new DeviceView[order.Count];
        for (var i = 0; i < views.Length; i++) views[i] = View(devices.Find(order[i])!, twins[i]);
        return views;
    }

    public async Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation) =>
        devices.Find(deviceId) is { } device ? await ViewAsync(device) : null;

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
        DesireAsync(deviceId, Assign(model), cancellation);

    public async Task<IReadOnlyDictionary<string, string>> SetModelsAsync(
        IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation)
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        var known = new List<string>(models.Count);
        foreach (var deviceId in models.Keys)
        {
            if (devices.Find(deviceId) is null) failures[deviceId] = new UnknownDeviceException(deviceId).Message;
            else known.Add(deviceId);
        }

        var twins = await TwinsAsync(known, cancellation);
        var changes = new DesiredChange[known.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            var model = models[known[i]];
            // Neighbours mostly get the same, and then share the change too.
            var change = i > 0 && ReferenceEquals(model, models[known[i - 1]]) ? changes[i - 1].Change : Assign(model);
            changes[i] = new DesiredChange(known[i], twins[i].Reported?.DesiredVersion ?? 0, change);
        }

        try
        {
            await states.ChangeAsync(changes, cancellation);
        }
        catch (StorageException e)
        {
            logger.DesiredNotWritten(known.Count, e);
            foreach (var deviceId in known) failures[deviceId] = e.Message;
            return failures;
        }

        announcer.Announce(known);
        return failures;
    }

    public Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation)
    {
        if (!(boost is >= 0.01 and <= 100)) throw new ArgumentOutOfRangeException(nameof(boost), boost, "a sampling boost is 0.01 to 100");
        return DesireAsync(deviceId, desired => desired with { SamplingBoost = boost }, cancellation);
    }

    public Task<CommandReply> SendAsync(
        string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation)
    {
        if (expiresIn <= TimeSpan.Zero || expiresIn > LongestCommand)
            throw new ArgumentOutOfRangeException(nameof(expiresIn), expiresIn, $"a command expires within {LongestCommand.TotalHours} h");
        return commands.SendAsync(devices.Find(deviceId) ?? throw new UnknownDeviceException(deviceId), kind, expiresIn, arguments, cancellation);
    }

    private static Func<DesiredState, DesiredState> Assign(ModelAssignment? model) => desired => desired with { Model = model };

    /// <summary>The twins of these devices, in this order: those that live in this process are read, the others asked.</summary>
    private async Task<DeviceTwin[]> TwinsAsync(IReadOnlyList<string> deviceIds, CancellationToken cancellation)
    {
        var twins = new DeviceTwin[deviceIds.Count];
        var asked = new List<int>();
        for (var i = 0; i < twins.Length; i++)
        {
            if (cache.Find(deviceIds[i]) is { } twin) twins[i] = twin;
            else asked.Add(i);
        }

        foreach (var some in asked.Chunk(GrainsAtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(async i => twins[i] = (await grains.GetGrain<IDeviceTwinGrain>(deviceIds[i]).ViewAsync()).Value));
        }

        return twins;
    }

    private async Task<DeviceView> ViewAsync(EnrolledDevice device) => View(device, (await TwinsAsync([device.DeviceId], CancellationToken.None))[0]);

    private DeviceView View(EnrolledDevice device, DeviceTwin twin) => new()
    {
        SiteId = device.SiteId,
        DeviceId = device.DeviceId,
        Online = twin.Presence?.Online ?? false,
        LastSeen = device.LastSeen > twin.HeardAt || twin.HeardAt is null ? device.LastSeen : twin.HeardAt,
        Desired = states.Find(device.DeviceId),
        Reported = twin.Reported,
    };

    private async Task<DesiredState> DesireAsync(string deviceId, Func<DesiredState, DesiredState> change, CancellationToken cancellation)
    {
        if (devices.Find(deviceId) is null) throw new UnknownDeviceException(deviceId);
        var known = (await TwinsAsync([deviceId], cancellation))[0].Reported?.DesiredVersion ?? 0;
        var desired = (await states.ChangeAsync([new DesiredChange(deviceId, known, change)], cancellation))[0];
        await publisher.PublishAsync(deviceId, cancellation);
        return desired;
    }
}
