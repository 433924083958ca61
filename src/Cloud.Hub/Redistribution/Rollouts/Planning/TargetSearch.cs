using System.Collections.Frozen;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Targeting;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;

namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>Finds the devices that a request is aimed at.</summary>
internal sealed class TargetSearch(IFleet fleet)
{
    /// <summary>Those that do not answer with the artefact already; at least one.</summary>
    /// <exception cref="RolloutRefusedException">Nobody is left, or a named device is not there or not fit.</exception>
    public async Task<IReadOnlyList<RolloutTarget>> FindAsync(
        RolloutRequest request, ArtefactEntry artefact, CancellationToken cancellation)
    {
        var found = await ScanAsync(request, artefact, cancellation);
        var unknown = request.DeviceIds.Count == 0 ? [] : request.DeviceIds.Except(found.All, StringComparer.Ordinal).ToList();
        if (unknown.Count > 0) throw new RolloutRefusedException($"there is no device {FirstFew.Of(unknown)}");
        if (found.Matching.Count == 0)
            throw new RolloutRefusedException(
                $"no device matches{(request.SiteId is null ? "" : $" site {request.SiteId}")}{(request.Where is null ? "" : $" where {request.Where}")}");
        // Who is named is meant; who is found by a query or site is left out.
        if (found.Unfit.Count == found.Matching.Count || (request.DeviceIds.Count > 0 && found.Unfit.Count > 0))
            throw new RolloutRefusedException(
                $"{request.Digest} is made for {string.Join(", ", artefact.HardwareClasses)}; {FirstFew.Of(found.Unfit)}: other hardware");
        return found.Targets.Count > 0
            ? found.Targets : throw new RolloutRefusedException($"every matching device answers with {request.Digest} already");
    }

    /// <summary>One pass over the fleet: who matches, and how.</summary>
    public async Task<FoundTargets> ScanAsync(RolloutRequest request, ArtefactEntry artefact, CancellationToken cancellation)
    {
        var all = await fleet.DevicesAsync(cancellation);
        var named = request.DeviceIds.ToHashSet(StringComparer.Ordinal);
        var query = request.Where is { } where ? DeviceQuery.Parse(where) : null;
        // Where groups ask later the attributes of each device are kept, else one dictionary serves them all.
        var isKept = request.Groups.Any(static group => group.Where is not null);
        var none = FrozenDictionary<string, string>.Empty;
        var used = isKept ? null : new Dictionary<string, string>(StringComparer.Ordinal);
        var (targets, unfit, matching) = (new List<RolloutTarget>(), new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var device in all)
        {
            if ((request.SiteId is { } site && device.SiteId != site) || (named.Count > 0 && !named.Contains(device.DeviceId))) continue;
            var attributes = isKept || query is not null ? DeviceAttributes.Of(device, used) : null;
            if (query is not null && !query.Matches(attributes!)) continue;
            matching.Add(device.DeviceId);
            var hardware = device.Reported?.Hardware ?? DeviceIdentity.GenericHardware;
            if (!HardwareClass.Covers(artefact.HardwareClasses, hardware)) unfit.Add(device.DeviceId);
            else if (DeviceSeen.Of(device, artefact.Kind).CurrentDigest is var current && current != request.Digest)
                targets.Add(new RolloutTarget(device, current, isKept ? attributes! : none));
        }

        return new FoundTargets(all.Select(static device => device.DeviceId), matching, unfit, targets);
    }
}
