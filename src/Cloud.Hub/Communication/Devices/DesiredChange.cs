using Hmas.Contracts.Twins;

namespace Cloud.Hub.Communication.Devices;

/// <summary>One device's next desired state.</summary>
/// <param name="KnownVersion">The version that the device says it follows; 0: it has not said.</param>
internal readonly record struct DesiredChange(string DeviceId, long KnownVersion, Func<DesiredState, DesiredState> Change);
