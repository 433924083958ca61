using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Pace;

namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>Looks what a running rollout is aimed at by now. It costs a pass over the fleet.</summary>
internal sealed class JoinSearch(TargetSearch search, WaysBack waysBack, IArtefactRegistry registry, ILogger<JoinSearch> logger)
{
    /// <summary>Null: it does not run now, or the registry no longer knows the artefact.</summary>
    public async Task<RolloutAim?> FindAsync(RolloutState rollout, CancellationToken cancellation)
    {
        if (rollout.State != RolloutState.Running) return null;
        if (await registry.FindAsync(rollout.Request.Digest, cancellation) is not { } artefact) return null;
        var found = await search.ScanAsync(rollout.Request, artefact, cancellation);
        var known = rollout.Devices.Select(static device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
        var came = found.Targets.Where(target => !known.Contains(target.Device.DeviceId)).ToList();
        // A fleet answers with a few digests: each is looked up once.
        foreach (var digest in came.Select(static target => target.CurrentDigest).OfType<string>().Distinct(StringComparer.Ordinal).ToList())
        {
            if (await IsNewerAsync(digest, artefact, cancellation)) came.RemoveAll(target => target.CurrentDigest == digest);
        }

        if (MaintenanceHours.ClosedSite(rollout.Request.Windows, came.Select(static target => target.Device.SiteId).Distinct()) is not null)
            came.RemoveAll(target => MaintenanceHours.ClosedSite(rollout.Request.Windows, [target.Device.SiteId]) is not null);
        var (previous, lost) = await waysBack.FindAsync(came, artefact.Kind, cancellation);
        if (lost.Count > 0 && logger.IsEnabled(LogLevel.Debug)) logger.CannotJoin(rollout.RolloutId, lost.Count, FirstFew.Of(lost));
        return new RolloutAim(
            found.Matching,
            [.. came.Select(static target => target.Device.DeviceId).Except(lost, StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(id => new Joiner(id, previous[id]))]);
    }

    /// <summary>A device that has a newer release would refuse the older one.</summary>
    private async Task<bool> IsNewerAsync(string digest, ArtefactEntry artefact, CancellationToken cancellation) =>
        await registry.FindAsync(digest, cancellation) is { } current && current.Name == artefact.Name
        && current.Kind == artefact.Kind && current.Release > artefact.Release;
}
