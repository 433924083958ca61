namespace Edge.Agent.Hosting.Status;

/// <param name="Refused">Facts that memory had no room for.</param>
internal sealed record OutboxStatus(
    long Epoch, long Produced, long Acknowledged, long Waiting, long Evicted, long Refused, long ExperiencesKept, long Bytes, long MaxBytes,
    long QuarantinedRecords, bool DiskGood);
