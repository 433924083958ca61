using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>What a device says of itself. Immutable: a change makes a new one. What the hub wants of it: <see cref="DesiredStates"/>.</summary>
internal sealed record DeviceTwin
{
    public ReportedState? Reported { get; init; }

    public Presence? Presence { get; init; }

    /// <summary>When the last document of the device came.</summary>
    public DateTimeOffset? HeardAt { get; init; }
}
