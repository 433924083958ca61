namespace Cloud.Hub.Host.Security;

/// <summary>Whether a device is who it says. Connected to Communication by <c>Host/Wiring</c>.</summary>
internal interface IDeviceCredentials
{
    Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation);
}
