using Microsoft.Extensions.Logging;

namespace Edge.Sensors.Replay;

/// <summary>Events 2000 to 2099.</summary>
public sealed partial class ReplaySensor
{
    [LoggerMessage(
        EventId = 2000, EventName = "ReplayRowsSkipped", Level = LogLevel.Warning,
        Message = "{File}: {Rows} rows left out, the last because: {Reason}")]
    private static partial void LogRowsSkipped(ILogger logger, string file, long rows, string reason);
}
