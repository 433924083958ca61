namespace Cloud.Hub.Learning.Plans;

/// <summary>A device's scores left where they were.</summary>
/// <param name="Direction">+1 upwards, −1 downwards.</param>
internal sealed record DriftSeen(string DeviceId, string ModelDigest, int Direction, DateTimeOffset At);
