using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>A device's twin as the hub holds it. Immutable: a change makes a new one.</summary>
/// <param name="SecretHash">SHA-256 of the device's password.</param>
internal sealed record DeviceState(string SiteId, string DeviceId, byte[] SecretHash)
{
    public DesiredState? Desired { get; init; }

    public ReportedState? Reported { get; init; }

    public Presence? Presence { get; init; }

    public DateTimeOffset? LastSeen { get; init; }
}
