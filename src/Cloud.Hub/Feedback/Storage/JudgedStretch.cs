namespace Cloud.Hub.Feedback.Storage;

/// <summary>What Feedback keeps of a model's evidence: how it answered over a stretch of a device's time.</summary>
/// <param name="Id">The archive's fact id.</param>
/// <param name="Alarmed">Windows with an alarm.</param>
/// <param name="Quiet">Windows without.</param>
internal sealed record JudgedStretch(long Id, string DeviceId, string RunId, long StartUs, long EndUs, string Digest, long Alarmed, long Quiet);
