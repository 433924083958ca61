namespace Cloud.Hub.Integration.Endpoints;

internal sealed record ArchiveTotals(long Facts, long Experiences, long Repeats, long Gaps, long Evicted, long QuarantinedRecords, long Bytes);
