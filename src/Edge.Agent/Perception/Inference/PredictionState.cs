namespace Edge.Agent.Perception.Inference;

/// <summary>Why a frame has, or has not, a score.</summary>
internal enum PredictionState
{
    /// <summary>No model is loaded.</summary>
    NoModel,

    /// <summary>The run's calibration rows are still being gathered.</summary>
    Calibrating,

    /// <summary>Fewer rows than a window since the run's start or the last gap.</summary>
    Warming,

    /// <summary>Between two windows of the model's stride; the last score stands.</summary>
    BetweenWindows,

    Scored,

    /// <summary>The model answered NaN or infinity.</summary>
    Invalid,

    /// <summary>The model threw; the reason was logged.</summary>
    Failed,
}
