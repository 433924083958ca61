using System.Text;
using Cloud.Hub.Communication.Contract;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Answers from the registry.</summary>
internal sealed class DeviceIdentities(DeviceRegistry devices) : IDeviceIdentities
{
    public Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation) =>
        Task.FromResult(devices.IsSecretOf(deviceId, Encoding.UTF8.GetBytes(password)));
}
