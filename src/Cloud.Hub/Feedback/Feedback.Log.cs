namespace Cloud.Hub.Feedback;

/// <summary>Log events of the Feedback service: 8600 to 8699.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventId = 8600, EventName = "FeedbackCatchUpFailed", Level = LogLevel.Error,
        Message = "Taking in {What} failed; it is tried again within {Interval}")]
    public static partial void CatchUpFailed(ILogger logger, string what, TimeSpan interval, Exception error);

    [LoggerMessage(
        EventId = 8601, EventName = "FactUnreadable", Level = LogLevel.Warning, Message = "Fact {Sequence} of {Device} is no {Kind}: {Reason}")]
    public static partial void FactUnreadable(ILogger logger, long sequence, string device, Hmas.Contracts.Facts.FactKind kind, string reason);
}
