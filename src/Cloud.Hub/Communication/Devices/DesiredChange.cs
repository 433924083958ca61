using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>One device's next desired state.</summary>
/// <param name="KnownVersion">The version that the device says it follows; 0: it has not said.</param>
/// <param name="Change">Pure. Devices with the same one, not just an equal one, share what comes of it.</param>
internal readonly record struct DesiredChange(string DeviceId, long KnownVersion, Func<DesiredState, DesiredState> Change);
