using Microsoft.Extensions.Logging;

namespace Edge.Agent.Pipeline;

/// <summary>Events 3600 to 3699.</summary>
internal sealed partial class PerceptionPipeline
{
    [LoggerMessage(
        EventId = 3600, EventName = "ClockJumped", Level = LogLevel.Warning,
        Message = "Event time went back from {FromUs} to {ToUs} µs: another run begins")]
    private static partial void LogClockJump(ILogger logger, long fromUs, long toUs);
}
