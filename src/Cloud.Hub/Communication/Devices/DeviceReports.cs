using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Communication.Ingest;
using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Twins and archive for devices that do not speak MQTT.</summary>
internal sealed class DeviceReports(DeviceRegistry devices, IGrainFactory grains, IExperienceArchive archive, EventBus bus, Rejections rejections)
    : IDeviceReports
{
    public async Task HeardAsync(string deviceId, ReportedState reported, CancellationToken cancellation)
    {
        var device = Require(deviceId);
        devices.Seen(deviceId);
        // Its presence is told apart from its reports.
        if ((await grains.GetGrain<IDeviceTwinGrain>(deviceId).HeardReportedAsync(reported, isLive: false)).IsNews)
            bus.Publish(new ReportedStateChanged(device.SiteId, deviceId, reported));
    }

    public async Task HeardAsync(string deviceId, Presence presence, CancellationToken cancellation)
    {
        var device = Require(deviceId);
        if (await grains.GetGrain<IDeviceTwinGrain>(deviceId).HeardPresenceAsync(presence))
            bus.Publish(new PresenceChanged(device.SiteId, deviceId, presence));
    }

    public async Task<FactAck> AppendAsync(FactBatch batch, CancellationToken cancellation)
    {
        if (Require(batch.DeviceId).SiteId != batch.SiteId) throw new UnknownDeviceException($"{batch.SiteId}/{batch.DeviceId}");
        var result = await archive.AppendAsync([batch], cancellation);
        FactEvents.Publish(bus, rejections, result.Stored);

        return result.Acknowledgements[0];
    }

    private EnrolledDevice Require(string deviceId) => devices.Find(deviceId) ?? throw new UnknownDeviceException(deviceId);
}
