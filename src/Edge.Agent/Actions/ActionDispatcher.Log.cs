using Microsoft.Extensions.Logging;

namespace Edge.Agent.Actions;

/// <summary>Events 3500 to 3599.</summary>
internal sealed partial class ActionDispatcher
{
    [LoggerMessage(EventId = 3500, EventName = "ActionFailed", Level = LogLevel.Error, Message = "Actuator {Actuator} failed for rule {Rule}")]
    private static partial void LogFailed(ILogger logger, string actuator, string rule, Exception e);

    [LoggerMessage(
        EventId = 3501, EventName = "ActionNotDone", Level = LogLevel.Warning, Message = "Actuator {Actuator}, rule {Rule}: {Outcome}, {Detail}")]
    private static partial void LogNotDone(ILogger logger, string actuator, string rule, ActionOutcome outcome, string detail);

    [LoggerMessage(
        EventId = 3502, EventName = "ActuatorNotSafe", Level = LogLevel.Critical,
        Message = "Actuator {Actuator} could not enter its safe state ({Reason})")]
    private static partial void LogNotSafe(ILogger logger, string actuator, string reason, Exception e);
}
