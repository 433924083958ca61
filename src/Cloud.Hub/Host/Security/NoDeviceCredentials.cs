namespace Cloud.Hub.Host.Security;

/// <summary>Of a process that knows no devices: nobody is one.</summary>
internal sealed class NoDeviceCredentials : IDeviceCredentials
{
    public Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation) => Task.FromResult(false);
}
