namespace Edge.Agent.Experience;

/// <summary>What the selector weighs of a window.</summary>
/// <param name="Frame">Index of the window's last frame in its run.</param>
/// <param name="Rows">Of the window.</param>
/// <param name="ScoreRatio">Score over threshold; NaN without an answer.</param>
internal readonly record struct WindowFacts(long Frame, int Rows, bool IsCalibration, bool IsAlarm, float ScoreRatio, bool IsRequested)
{
    /// <summary>Like one that the hub is unsure of.</summary>
    public bool IsNear { get; init; }
}
