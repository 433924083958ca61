using Microsoft.Extensions.Logging;

namespace Edge.Agent.Perception.Windows;

/// <summary>Events 3100 to 3199.</summary>
internal sealed partial class HealthyRowsFile
{
    [LoggerMessage(
        EventId = 3100, EventName = "HealthyRowsRestored", Level = LogLevel.Information,
        Message = "{Rows} healthy rows of run {RunId} are there from before the restart: the run goes on")]
    private static partial void LogRestored(ILogger logger, int rows, string runId);

    [LoggerMessage(
        EventId = 3101, EventName = "HealthyRowsUnreadable", Level = LogLevel.Error,
        Message = "{Path} is not what was written; it was moved aside, and the next rows are taken as healthy")]
    private static partial void LogUnreadable(ILogger logger, string path);

    [LoggerMessage(
        EventId = 3102, EventName = "HealthyRowsOfAnotherDevice", Level = LogLevel.Warning,
        Message = "{Path} is of other channels or another rate; the next rows are taken as healthy")]
    private static partial void LogOtherDevice(ILogger logger, string path);

    [LoggerMessage(
        EventId = 3103, EventName = "HealthyRowsNotKept", Level = LogLevel.Warning,
        Message = "{Path} could not be written ({Reason}): after a restart other rows would be taken as healthy")]
    private static partial void LogNotKept(ILogger logger, string path, string reason);
}
