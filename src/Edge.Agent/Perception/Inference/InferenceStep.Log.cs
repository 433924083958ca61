using Microsoft.Extensions.Logging;

namespace Edge.Agent.Perception.Inference;

/// <summary>Events 3200 to 3299.</summary>
internal sealed partial class InferenceStep
{
    [LoggerMessage(
        EventId = 3200, EventName = "ModelCalibrated", Level = LogLevel.Information,
        Message = "Model {Digest} calibrated on {Rows} rows in {Milliseconds:F1} ms: threshold {Threshold}")]
    private static partial void LogCalibrated(ILogger logger, string digest, int rows, float threshold, double milliseconds);

    [LoggerMessage(
        EventId = 3201, EventName = "ModelFailed", Level = LogLevel.Error,
        Message = "Model {Digest} failed and is not asked again in this run; sampling and rules go on")]
    private static partial void LogModelFailed(ILogger logger, string digest, Exception e);
}
