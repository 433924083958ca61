using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>What the hub wants of a device and what the device says of itself. Immutable: a change makes a new one.</summary>
internal sealed record DeviceTwin
{
    public DesiredState? Desired { get; init; }

    public ReportedState? Reported { get; init; }

    public Presence? Presence { get; init; }

    /// <summary>When the last document of the device came.</summary>
    public DateTimeOffset? HeardAt { get; init; }
}
