using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Contract;

/// <param name="State">Last slot report of this rollout; null while the device is silent.</param>
/// <param name="Touched">It answered with the new digest at some time.</param>
public sealed record RolloutDeviceView(
    string DeviceId, string? PreviousDigest, SlotState? State, string? AnsweringDigest, string? Reason, bool Touched, bool Restored, double? SwapMs);
