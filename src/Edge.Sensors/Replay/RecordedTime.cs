namespace Edge.Sensors.Replay;

/// <summary>How a recording writes its time.</summary>
public enum RecordedTime
{
    /// <summary>Text in <see cref="RecordingLayout.TimestampFormat"/>; taken as UTC unless it carries an offset.</summary>
    Text,

    /// <summary>Seconds since the Unix epoch, fractions allowed.</summary>
    EpochSeconds,

    EpochMilliseconds,

    EpochMicroseconds,
}
