namespace Cloud.Hub.Feedback.Storage;

/// <summary>What Feedback keeps of an experience.</summary>
/// <param name="Id">The archive's id.</param>
internal sealed record JudgedWindow(long Id, string DeviceId, string RunId, long StartUs, long EndUs, string Digest, bool IsAlarm);
