using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Cloud.Hub.Redistribution.Rollouts.Pace;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Cloud.Hub.Redistribution.Targeting;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Orleans.Concurrency;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Checks a rollout before it begins, and finds the grain of one that has.</summary>
internal sealed class FleetRollouts(
    IGrainFactory grains, RolloutStore store, TargetSearch search, WaysBack waysBack, ArtefactRegistry registry, IModelRegistry models,
    IFactArchive facts, ImageRepository images, UnreadableRollouts unreadable, TimeProvider time) : IRollouts
{
    private const int MaxListed = 1_000;

    public async Task<RolloutView> StartAsync(RolloutRequest request, CancellationToken cancellation)
    {
        if ((RolloutRules.Fault(request) ?? GroupPlanner.Fault(request)) is { } fault) throw new RolloutRefusedException(fault);
        var asked = time.GetUtcNow();
        if (MaintenanceHours.Fault(request.Windows, request.NotBefore > asked ? request.NotBefore.Value : asked) is { } never)
            throw new RolloutRefusedException(never);
        var entry = await registry.HoldAsync(request.Digest, cancellation)
            ?? throw new RolloutRefusedException($"there is no artefact {request.Digest}");
        if (entry.Quarantined) throw new RolloutRefusedException($"{request.Digest} is quarantined");
        if (entry.Kind != ArtefactKind.Model && request.Gate.MinimumHealthyTime >= request.Gate.MaximumWait)
            throw new RolloutRefusedException(
                $"gate.minimumHealthyTime: {request.Gate.MinimumHealthyTime} leaves nothing of gate.maximumWait, {request.Gate.MaximumWait}: no device could ever pass");
        if (images.Find(entry) is null)
            throw new RolloutRefusedException(
                $"{request.Digest} is waiting for signatures: the image repository does not name it yet (hmas keys sign)");

        var targets = await search.FindAsync(request, entry, cancellation);
        if (MaintenanceHours.ClosedSite(request.Windows, targets.Select(static target => target.Device.SiteId).Distinct()) is { } closed)
            throw new RolloutRefusedException($"windows: none is for site {closed}: its devices would never be told");
        var (previous, lost) = await waysBack.FindAsync(targets, entry.Kind, cancellation);
        if (lost.Count > 0)
            throw new RolloutRefusedException(
                $"{FirstFew.Of(lost)} answer with {targets.First(target => target.Device.DeviceId == lost[0]).CurrentDigest}, which is not in the registry: they could not be taken back");

        var now = time.GetUtcNow();
        var rolloutId = $"r{now.ToUnixTimeMilliseconds():x}-{Guid.NewGuid().ToString("n")[..6]}";
        var plan = GroupPlanner.Plan(
            request, [
                .. targets.Select(static target => new Candidate(
                    target.Device.DeviceId, target.Device.Online, DeviceAttributes.SliceOf(target.Device), target.Attributes))]);
        var state = RolloutStateMachine.Begin(rolloutId, request, plan, previous, now)
            with { Kind = entry.Kind, PackageBytes = entry.Bytes, PromisedAlarms = await PromisedAsync(entry, cancellation),
                LastFactId = await facts.LastFactIdAsync(cancellation) };
        var begun = (await grains.GetGrain<IRolloutGrain>(rolloutId).BeginAsync(new Immutable<RolloutState>(state))).Value;
        return begun.Refusal is { } refusal ? throw new RolloutRefusedException(refusal) : begun.View!;
    }

    private async Task<double?> PromisedAsync(ArtefactEntry entry, CancellationToken cancellation) =>
        await models.FindAsync(entry.Digest, cancellation) is { } model ? AlarmPromise.Of(model.Manifest) : null;

    public async Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation) =>
        Hmas.Contracts.Ids.IsValid(rolloutId) ? (await grains.GetGrain<IRolloutGrain>(rolloutId).ViewAsync()).Value : null;

    public Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation) => PageAsync(null, MaxListed, cancellation);

    public async Task<IReadOnlyList<RolloutView>> PageAsync(string? before, int limit, CancellationToken cancellation)
    {
        var page = store.Page(before, Math.Clamp(limit, 1, MaxListed)).ToLookup(static row => row.Unknown is null);
        // One that this hub cannot read hides no other.
        foreach (var (id, unknown) in page[false]) unreadable.Met(id, RolloutState.Unknown(unknown!));
        var views = await Task.WhenAll(page[true].Select(row => grains.GetGrain<IRolloutGrain>(row.Id).ViewAsync()));
        return [.. views.Select(static view => view.Value).OfType<RolloutView>()];
    }

    public async Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation)
    {
        if (!Hmas.Contracts.Ids.IsValid(rolloutId)) return null;
        var result = await grains.GetGrain<IRolloutGrain>(rolloutId).CommandAsync(command, who);
        return result.Refusal is { } refusal ? throw new RolloutRefusedException(refusal) : result.View;
    }

    public async Task<RolloutView?> RestoreGroupAsync(string rolloutId, string group, string who, CancellationToken cancellation)
    {
        if (!Hmas.Contracts.Ids.IsValid(rolloutId)) return null;
        var result = await grains.GetGrain<IRolloutGrain>(rolloutId).RestoreGroupAsync(group, who);
        return result.Refusal is { } refusal ? throw new RolloutRefusedException(refusal) : result.View;
    }
}
