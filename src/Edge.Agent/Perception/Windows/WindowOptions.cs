namespace Edge.Agent.Perception.Windows;

/// <summary>How samples become frames and frames become windows. Event time throughout.</summary>
internal sealed record WindowOptions
{
    /// <summary>How long a frame waits for its missing channels after newer samples came; 0: not at all. Bounded by 4,096 frames.</summary>
    public TimeSpan Lateness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>A longer silence than this between two frames and no window spans it.</summary>
    public TimeSpan MaxGap { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A longer silence than this ends the run and begins another one.</summary>
    public TimeSpan RunGap { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A run that is longer ends and another begins as long as no model is there, so that a first one can be made of a machine that
    /// never stops; 0: never.</summary>
    public TimeSpan RecordingLength { get; init; }

    /// <summary>Frames kept: the longest window a model or a rule may ask for.</summary>
    public int HistoryFrames { get; init; } = 4096;

    /// <summary>Rows at the start of a run that are kept for calibration: the most a model may ask for.</summary>
    public int MaxCalibrationRows { get; init; } = 4096;

    /// <summary>Rows of the device's own window: what experience keeps. Whatever a model reads is among its last rows.</summary>
    public int Length { get; init; } = 60;

    /// <summary>Frames between two windows of the device.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>First rows of a run, taken as healthy, while no model says how many.</summary>
    public int CalibrationRows { get; init; } = 400;

    /// <exception cref="ArgumentException">Contradictory or out of range; the message names the field.</exception>
    public void Validate()
    {
        if (Lateness < TimeSpan.Zero) throw new ArgumentException($"Lateness: {Lateness} must not be negative");
        if (MaxGap <= TimeSpan.Zero) throw new ArgumentException($"MaxGap: {MaxGap} must be above 0");
        if (RunGap <= MaxGap) throw new ArgumentException($"RunGap: {RunGap} must be above MaxGap, {MaxGap}");
        if (RecordingLength < TimeSpan.Zero) throw new ArgumentException($"RecordingLength: {RecordingLength} must not be negative");
        if (HistoryFrames is < 2 or > 1_048_576) throw new ArgumentException($"HistoryFrames: {HistoryFrames} must lie between 2 and 1048576");
        if (MaxCalibrationRows is < 1 or > 1_048_576)
            throw new ArgumentException($"MaxCalibrationRows: {MaxCalibrationRows} must lie between 1 and 1048576");
        if (Length < 1 || Length > HistoryFrames) throw new ArgumentException($"Length: {Length} must lie between 1 and HistoryFrames");
        if (Stride < 1) throw new ArgumentException($"Stride: {Stride} must be above 0");
        if (CalibrationRows < 1 || CalibrationRows > MaxCalibrationRows)
            throw new ArgumentException($"CalibrationRows: {CalibrationRows} must lie between 1 and MaxCalibrationRows");
    }
}
