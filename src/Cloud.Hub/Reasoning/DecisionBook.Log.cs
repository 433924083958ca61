namespace Cloud.Hub.Reasoning;

/// <summary>Event ids 1400 to 1499.</summary>
internal static partial class DecisionBookLog
{
    [LoggerMessage(EventId = 1400, EventName = "Decided", Level = LogLevel.Information, Message = "{Agent}: {Decision}, because {Reason}")]
    public static partial void Decided(this ILogger logger, string agent, string decision, string reason);

    [LoggerMessage(
        EventId = 1401, EventName = "AgentFailed", Level = LogLevel.Error, Message = "{Agent} could not carry out its turn; it will look again")]
    public static partial void AgentFailed(this ILogger logger, Exception exception, string agent);

    [LoggerMessage(
        EventId = 1402, EventName = "FactUnreadableToAgents", Level = LogLevel.Warning,
        Message = "fact {Sequence} of {DeviceId} ({Kind}) is none that an agent can read: {Reason}")]
    public static partial void FactUnreadable(this ILogger logger, long sequence, string deviceId, Hmas.Contracts.Facts.FactKind kind, string reason);
}
