using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>A step that the archive has not acknowledged yet.</summary>
internal sealed record PendingReport(long Sequence, long TimestampUs, SlotReport Report);
