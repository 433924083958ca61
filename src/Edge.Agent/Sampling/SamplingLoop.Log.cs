using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sampling;

/// <summary>Events 3000 to 3099.</summary>
internal sealed partial class SamplingLoop
{
    [LoggerMessage(EventId = 3000, EventName = "SensorFailed", Level = LogLevel.Error, Message = "The sensor does not answer; next try in {Wait}")]
    private static partial void LogSensorFailed(ILogger logger, TimeSpan wait, Exception e);

    [LoggerMessage(EventId = 3001, EventName = "SensorDataUnusable", Level = LogLevel.Error, Message = "The sensor stopped: {Reason}")]
    private static partial void LogDataUnusable(ILogger logger, string reason);

    [LoggerMessage(EventId = 3002, EventName = "PipelineFailed", Level = LogLevel.Error, Message = "The rest of a batch of samples was given up")]
    private static partial void LogConsumerFailed(ILogger logger, Exception e);
}
