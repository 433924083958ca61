namespace Cloud.Hub.Learning.Evaluation;

/// <summary>A window on which the parent alarms and the candidate does not, and nobody has said who is right.</summary>
/// <param name="TimeUs">Event time of its last row.</param>
/// <param name="Ratio">The parent's score over its threshold, above 1.</param>
internal readonly record struct SilencedAlarm(string DeviceId, string RunId, long TimeUs, float Ratio);
