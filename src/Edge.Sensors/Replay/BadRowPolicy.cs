namespace Edge.Sensors.Replay;

/// <summary>What a row that cannot be used does to the replay. A header that cannot be used always stops it.</summary>
public enum BadRowPolicy
{
    /// <summary>The replay ends with a <see cref="SensorDataException"/>.</summary>
    Stop,

    /// <summary>The row is left out and counted.</summary>
    Skip,
}
