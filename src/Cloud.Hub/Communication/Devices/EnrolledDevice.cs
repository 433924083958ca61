namespace Cloud.Hub.Communication.Devices;

/// <summary>A device that may connect. Immutable: a change makes a new one.</summary>
/// <param name="SecretHash">SHA-256 of the device's password.</param>
internal sealed record EnrolledDevice(string SiteId, string DeviceId, byte[] SecretHash)
{
    /// <summary>Last message of any kind since this process began; null: none yet.</summary>
    public DateTimeOffset? LastSeen { get; init; }
}
