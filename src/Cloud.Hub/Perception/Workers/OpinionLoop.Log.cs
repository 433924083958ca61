namespace Cloud.Hub.Perception.Workers;

/// <summary>Event ids 1100 to 1199.</summary>
internal static partial class OpinionLoopLog
{
    [LoggerMessage(
        EventId = 1100, EventName = "TeacherAppointed", Level = LogLevel.Information,
        Message = "Teacher {Digest}, release {Release}, gives second opinions from now on")]
    public static partial void TeacherAppointed(this ILogger logger, string digest, long release);

    [LoggerMessage(
        EventId = 1101, EventName = "WindowNotJudged", Level = LogLevel.Warning,
        Message = "Fact {Sequence} of {DeviceId} got no second opinion: {Reason}")]
    public static partial void WindowNotJudged(this ILogger logger, string deviceId, long sequence, string reason);

    [LoggerMessage(
        EventId = 1102, EventName = "NoTeacher", Level = LogLevel.Warning,
        Message = "No teacher could be appointed, it is looked for again: {Reason}")]
    public static partial void NoTeacher(this ILogger logger, string reason);
}
