using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>What the image repository says now, verified as a device would.</summary>
/// <param name="Delegated">The roles that the targets delegate to, in their order.</param>
internal sealed record ImageState(
    RootMetadata Root, TimestampMetadata Timestamp, SnapshotMetadata Snapshot, TargetsMetadata Targets, IReadOnlyList<DelegatedState> Delegated)
{
    private static readonly int MaxRoles = new UpdateLimits().MaxDelegatedRoles;

    public IEnumerable<RoleHeader> Headers => [Root.Header, Timestamp.Header, Snapshot.Header, Targets.Header];

    /// <summary>Every path that somebody vouches for.</summary>
    public IEnumerable<string> Paths =>
        [.. Targets.Targets.Keys, .. Delegated.SelectMany(static role => role.Targets?.Targets.Keys ?? []).Where(path => Find(path) is not null)];

    /// <summary>What a device finds when it looks for a path; null when it finds nothing, or is stopped by a role that it refuses.</summary>
    public TargetFile? Find(string path)
    {
        var search = new TargetSearch(path, MaxRoles);
        var target = search.Enter(TargetsMetadata.Type, Targets);
        while (target is null && search.Next() is { } role)
        {
            if (Delegated.FirstOrDefault(state => state.Name == role.Name)?.Targets is not { } targets) return null;
            target = search.Enter(role.Name, targets);
        }

        return target;
    }
}
