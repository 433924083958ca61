using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host.Security;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Devices are who Communication says they are.</summary>
internal sealed class CommunicationCredentials(IDeviceIdentities identities) : IDeviceCredentials
{
    public Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation) =>
        identities.AreValidAsync(deviceId, password, cancellation);
}
