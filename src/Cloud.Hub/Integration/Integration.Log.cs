namespace Cloud.Hub.Integration;

/// <summary>Log lines of the Integration service. Ids 8700 to 8799.</summary>
internal static partial class IntegrationLog
{
    [LoggerMessage(EventId = 8700, EventName = "EventClientCame", Level = LogLevel.Debug, Message = "event stream opened by {Caller}")]
    public static partial void EventClientCame(this ILogger logger, string caller);

    [LoggerMessage(
        EventId = 8701, EventName = "EventClientWent", Level = LogLevel.Debug, Message = "event stream of {Caller} closed, {Dropped} events dropped")]
    public static partial void EventClientWent(this ILogger logger, string caller, long dropped);

    [LoggerMessage(
        EventId = 8702, EventName = "DoorSilent", Level = LogLevel.Warning,
        Message = "{Method} {Path}: a service behind it does not answer: {Reason}")]
    public static partial void DoorSilent(this ILogger logger, string method, string path, string reason);

    [LoggerMessage(
        EventId = 8703, EventName = "FollowingLagged", Level = LogLevel.Warning,
        Message = "{Dropped} events passed by faster than they could be followed: plots and stages may lag")]
    public static partial void FollowingLagged(this ILogger logger, long dropped);

    [LoggerMessage(
        EventId = 8704, EventName = "UnreadableExperience", Level = LogLevel.Warning,
        Message = "experience {Sequence} of {DeviceId} cannot be read for advice: {Reason}")]
    public static partial void UnreadableExperience(this ILogger logger, long sequence, string deviceId, string reason);

    [LoggerMessage(
        EventId = 8705, EventName = "NoDashboard", Level = LogLevel.Information,
        Message = "no dashboard beside the program ({Folder}): GET / says so in text")]
    public static partial void NoDashboard(this ILogger logger, string folder);
}
