namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>Why a device is in an earlier group than planned.</summary>
/// <param name="From">Index of the group that it was planned for.</param>
/// <param name="Slice">Of which the earlier one showed too little, <c>hardware=rpi4</c>.</param>
internal sealed record ReserveCall(int From, string Slice, DateTimeOffset At);
