using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Cloud.Hub.Redistribution.Targeting;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Checks a rollout before it begins, and finds the grain of one that has.</summary>
internal sealed class FleetRollouts(
    IGrainFactory grains, RolloutStore store, RolloutNews news, IFleet fleet, ArtefactRegistry registry, IFactArchive facts, ImageRepository images,
    TimeProvider time) : IRollouts
{
    private const int NamedAtMost = 5;
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

        var targets = await TargetsAsync(request, entry.HardwareClasses, cancellation);
        if (MaintenanceHours.ClosedSite(request.Windows, targets.Select(static device => device.SiteId).Distinct()) is { } closed)
            throw new RolloutRefusedException($"windows: none is for site {closed}: its devices would never be told");
        var previous = targets.ToDictionary(
            static device => device.DeviceId, static device => FleetLook.See(device).CurrentDigest, StringComparer.Ordinal);
        foreach (var digest in previous.Values.Distinct().OfType<string>().ToList())
        {
            var known = await registry.FindAsync(digest, cancellation);
            if (known is { Quarantined: false }) continue;
            var those = previous.Where(pair => pair.Value == digest).Select(static pair => pair.Key).ToList();
            if (known is null)
                throw new RolloutRefusedException($"{Names(those)} answer with {digest}, which is not in the registry: they could not be taken back");
            // Nobody is taken back to what was thrown out: without a model the rules still hold.
            foreach (var id in those) previous[id] = null;
        }

        var now = time.GetUtcNow();
        var rolloutId = $"r{now.ToUnixTimeMilliseconds():x}-{Guid.NewGuid().ToString("n")[..6]}";
        var plan = GroupPlanner.Plan(
            request, [
                .. targets.Select(static device => new Candidate(
                    device.DeviceId, device.Online, DeviceAttributes.SliceOf(device), DeviceAttributes.Of(device)))]);
        var state = RolloutStateMachine.Begin(rolloutId, request, plan, previous, now)
            with { Kind = entry.Kind, PackageBytes = entry.Bytes, LastFactId = await facts.LastFactIdAsync(cancellation) };
        try
        {
            await store.BeginAsync(state, cancellation);
        }
        catch (DevicesTakenException e)
        {
            throw new RolloutRefusedException(e.Message);
        }

        news.Tell(state, 0);
        return state.ToView();
    }

    public async Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation) =>
        Hmas.Contracts.Ids.IsValid(rolloutId) ? (await grains.GetGrain<IRolloutGrain>(rolloutId).ViewAsync()).Value : null;

    public Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation) => PageAsync(null, MaxListed, cancellation);

    public async Task<IReadOnlyList<RolloutView>> PageAsync(string? before, int limit, CancellationToken cancellation)
    {
        var views = await Task.WhenAll(
            store.Page(before, Math.Clamp(limit, 1, MaxListed)).Select(id => grains.GetGrain<IRolloutGrain>(id).ViewAsync()));
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

    private async Task<IReadOnlyList<DeviceView>> TargetsAsync(RolloutRequest request, IReadOnlyList<string> hardware, CancellationToken cancellation)
    {
        var all = await fleet.DevicesAsync(cancellation);
        var named = request.DeviceIds.ToHashSet(StringComparer.Ordinal);
        var unknown = named.Except(all.Select(static device => device.DeviceId), StringComparer.Ordinal).ToList();
        if (unknown.Count > 0) throw new RolloutRefusedException($"there is no device {Names(unknown)}");
        var query = request.Where is { } where ? DeviceQuery.Parse(where) : null;
        var matching =
            all.Where(device => (request.SiteId is null || device.SiteId == request.SiteId) && (named.Count == 0 || named.Contains(device.DeviceId))
            && (query is null || query.Matches(DeviceAttributes.Of(device)))).ToList();
        if (matching.Count == 0)
            throw new RolloutRefusedException(
                $"no device matches{(request.SiteId is null ? "" : $" site {request.SiteId}")}{(query is null ? "" : $" where {request.Where}")}");
        var unfit = matching.Where(device => !HardwareClass.Covers(hardware, device.Reported?.Hardware ?? DeviceIdentity.GenericHardware))
            .Select(static device => device.DeviceId).ToHashSet(StringComparer.Ordinal);
        // Who is named is meant; who is found by a query or site is left out.
        if (unfit.Count == matching.Count || unfit.Overlaps(named))
            throw new RolloutRefusedException($"{request.Digest} is made for {string.Join(", ", hardware)}; {Names(unfit)}: other hardware");
        matching.RemoveAll(device => unfit.Contains(device.DeviceId));
        var targets = matching.Where(device => FleetLook.See(device).CurrentDigest != request.Digest).ToList();
        return targets.Count > 0 ? targets : throw new RolloutRefusedException($"every matching device answers with {request.Digest} already");
    }

    private static string Names(IEnumerable<string> names)
    {
        var all = names.ToList();
        return string.Join(", ", all.Take(NamedAtMost)) + (all.Count > NamedAtMost ? $" and {all.Count - NamedAtMost} more" : "");
    }
}
