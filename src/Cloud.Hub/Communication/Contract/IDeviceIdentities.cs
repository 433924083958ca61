namespace Cloud.Hub.Communication.Contract;

/// <summary>Whether a device is who it says, for other doors than MQTT (artefact download).</summary>
public interface IDeviceIdentities
{
    Task<bool> AreValidAsync(string deviceId, string password, CancellationToken cancellation);
}
