using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Contract;

/// <summary>What a device says through another door than MQTT: a service that speaks its protocol says it in the device's place.</summary>
public interface IDeviceReports
{
    /// <summary>Keeps it in the twin when it is news.</summary>
    /// <exception cref="UnknownDeviceException">No such device is enrolled.</exception>
    Task HeardAsync(string deviceId, ReportedState reported, CancellationToken cancellation);

    /// <summary>Keeps it in the twin when it is news.</summary>
    /// <exception cref="UnknownDeviceException">No such device is enrolled.</exception>
    Task HeardAsync(string deviceId, Presence presence, CancellationToken cancellation);

    /// <summary>Stores numbered facts like those of an agent; repeats are dropped.</summary>
    /// <returns>Up to where the archive has them, on disk.</returns>
    /// <exception cref="UnknownDeviceException">No such device is enrolled at that site.</exception>
    Task<FactAck> AppendAsync(FactBatch batch, CancellationToken cancellation);
}
