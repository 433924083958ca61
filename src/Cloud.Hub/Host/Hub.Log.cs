namespace Cloud.Hub.Host;

/// <summary>Log lines of the program as a whole. Ids 5000 to 5099.</summary>
internal static partial class HostLog
{
    [LoggerMessage(
        EventId = 5000, EventName = "HubStarted", Level = LogLevel.Information, Message = "{Service} listens on {Scheme}://{Address}:{Port}")]
    public static partial void HubStarted(this ILogger logger, string service, string scheme, System.Net.IPAddress address, int port);

    [LoggerMessage(
        EventId = 5001, EventName = "TokensAre", Level = LogLevel.Information,
        Message = "tokens are in {Folder}: operator.token, enrolment.token, cache.token")]
    public static partial void TokensAre(this ILogger logger, string folder);

    [LoggerMessage(
        EventId = 5004, EventName = "DashboardIs", Level = LogLevel.Information,
        Message = "the dashboard is on {Scheme}://{Address}:{Port}/, who signs in has the operator token; a first device: ./hmas devices enrol SITE DEVICE")]
    public static partial void DashboardIs(this ILogger logger, string scheme, System.Net.IPAddress address, int port);

    [LoggerMessage(EventId = 5002, EventName = "EventsFollowed", Level = LogLevel.Information, Message = "events of {Service} come from {Address}")]
    public static partial void EventsFollowed(this ILogger logger, string service, Uri address);

    [LoggerMessage(
        EventId = 5003, EventName = "EventsSilent", Level = LogLevel.Warning,
        Message = "no events of {Service} come from {Address}, it is asked each second: {Reason}")]
    public static partial void EventsSilent(this ILogger logger, string service, Uri address, string reason);
}
