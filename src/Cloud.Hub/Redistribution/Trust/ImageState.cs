using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>What the image repository says now, verified as a device would.</summary>
internal sealed record ImageState(RootMetadata Root, TimestampMetadata Timestamp, SnapshotMetadata Snapshot, TargetsMetadata Targets)
{
    public IEnumerable<RoleHeader> Headers => [Root.Header, Timestamp.Header, Snapshot.Header, Targets.Header];
}
