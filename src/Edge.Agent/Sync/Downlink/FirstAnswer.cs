namespace Edge.Agent.Sync.Downlink;

/// <param name="Timestamp">Of the time provider.</param>
/// <param name="MissedWindows">Frames without an answer between the last one of the old model and the first of the new.</param>
internal readonly record struct FirstAnswer(long Timestamp, int MissedWindows);
