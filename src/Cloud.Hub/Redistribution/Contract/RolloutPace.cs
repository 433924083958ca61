namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Devices told in a minute: a constant, or growing with what went well.</summary>
/// <param name="DevicesPerMinute">At the start of each group, above 0.</param>
/// <param name="Factor">The rate is multiplied by this, 1 to 10, …</param>
/// <param name="EveryCommitted">… each time so many more devices of the rollout have committed; 0: never.</param>
/// <param name="BytesPerSecond">Also no more than the whole fleet can fetch at this rate, by the size of the package; 0: no such limit.</param>
public sealed record RolloutPace(double DevicesPerMinute, double Factor = 1, int EveryCommitted = 0, long BytesPerSecond = 0);
