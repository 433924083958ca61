using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Targeting;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Who goes first, and who stays. Pure, and the same for the same digest and fleet.</summary>
internal static class GroupPlanner
{
    private const int MaxGroups = 32;
    private const double ShareTolerance = 1e-6;
    private const double MaxControlShare = 0.5;
    private const double MaxFactor = 10;

    /// <summary>Devices picked for what they add; each looks at the first of every slice.</summary>
    private const int MaxCovering = 200;

    /// <summary>The first rule that a plan breaks, with the field it stands in; null when it is sound.</summary>
    public static string? Fault(RolloutRequest request)
    {
        var groups = request.Groups;
        if (groups.Count is 0 or > MaxGroups) return $"groups: {groups.Count} is outside 1 to {MaxGroups}";
        if (groups.FirstOrDefault(static group => !Hmas.Contracts.Ids.IsValid(group.Name)) is { } unnamed)
            return $"groups: '{unnamed.Name}' is no name";
        if (groups.Any(static group => group.Name == GroupState.Joined))
            return $"groups: '{GroupState.Joined}' is the name of those that join while the rollout runs";
        if (groups.Select(static group => group.Name).Distinct(StringComparer.Ordinal).Count() < groups.Count) return "groups: a name stands twice";
        for (var i = 0; i < groups.Count; i++)
        {
            if (Fault(groups[i], isLast: i == groups.Count - 1) is { } fault) return $"groups: '{groups[i].Name}' {fault}";
        }

        var sum = groups.Sum(static group => group.Share ?? 0);
        if (groups.All(static group => group.Share is not null) && Math.Abs(sum - 1) > ShareTolerance)
            return $"groups: the shares sum to {sum}, not to 1";
        if (sum > 1 + ShareTolerance) return $"groups: the shares sum to {sum}, above 1";
        if (groups.Any(static group => group.Share is null) && !IsRest(groups[^1]))
            return "groups: beside counts and queries the last group must take all the rest, or some devices would be in none";
        if (request.ControlShare is not (>= 0 and <= MaxControlShare))
            return $"controlShare: {request.ControlShare} is outside 0 to {MaxControlShare}";
        if (request.Pace is { } pace
            && !(pace.DevicesPerMinute > 0 && pace.Factor is >= 1 and <= MaxFactor && pace is { EveryCommitted: >= 0, BytesPerSecond: >= 0 }))
            return $"pace: {pace.DevicesPerMinute} devices a minute, factor {pace.Factor} every {pace.EveryCommitted}: the rate must be above 0, the factor within 1 to {MaxFactor}, the step not negative";
        return Fault(request.Where, "where");
    }

    /// <summary>Devices of each group, in order; a group is left out when no device is left for it.</summary>
    public static PlannedGroups Plan(RolloutRequest request, IReadOnlyList<Candidate> candidates)
    {
        // Online before offline: a canary that is switched off proves nothing. Then by a hash with the digest,
        // so that it is not always the same devices that take the risk.
        var ranked = candidates.Select(device => (Device: device, Rank: Rank(request.Digest, device.DeviceId)))
            .OrderByDescending(static entry => entry.Device.Online).ThenBy(static entry => entry.Rank).Select(static entry => entry.Device).ToList();
        // Evenly over the ranking, so that the control is online and offline as the others are.
        var control =
            ranked.Where((
                _, i) => Math.Round((i + 1) * request.ControlShare, MidpointRounding.AwayFromZero) > Math.Round(
                    i * request.ControlShare, MidpointRounding.AwayFromZero)).ToHashSet<Candidate>(ReferenceEqualityComparer.Instance);
        ranked = SliceBySlice(ranked.FindAll(device => !control.Contains(device)));

        var planned = new List<(string, IReadOnlyList<string>)>();
        var total = ranked.Count;
        double share = 0;
        var byShare = 0;
        foreach (var group in request.Groups)
        {
            if (ranked.Count == 0) break;
            var taken = ranked;
            if (group.Where is { } where)
            {
                var query = DeviceQuery.Parse(where);
                taken = ranked.FindAll(device => query.Matches(device.Attributes));
            }
            else if (!IsRest(group) && !(group == request.Groups[^1] && group.Share is not null))
            {
                share += group.Share ?? 0;
                var count = group.Count ?? Math.Max(1, (int)Math.Round(share * total) - byShare);
                taken = ranked[..Math.Min(count, ranked.Count)];
                if (group.Share is not null) byShare += taken.Count;
            }

            if (taken.Count == 0) continue;
            planned.Add((group.Name, [.. taken.Select(static device => device.DeviceId)]));
            var gone = taken.ToHashSet<Candidate>(ReferenceEqualityComparer.Instance);
            ranked = ranked.FindAll(device => !gone.Contains(device));
        }

        return new PlannedGroups(planned, [.. control.Select(static device => device.DeviceId)]);
    }

    private static bool IsRest(GroupPlan group) => group is { Share: null, Count: null, Where: null };

    private static string? Fault(GroupPlan group, bool isLast)
    {
        var kinds = (group.Share is null ? 0 : 1) + (group.Count is null ? 0 : 1) + (group.Where is null ? 0 : 1);
        if (kinds > 1) return "has more than one of share, count and where";
        if (kinds == 0 && !isLast) return "takes all the rest, but is not the last";
        if (group.Share is { } share && !(share is > 0 and <= 1)) return $"has a share of {share}, outside 0 to 1";
        return group.Count is <= 0 ? $"has a count of {group.Count}, not positive" : Fault(group.Where, "where");
    }

    private static string? Fault(string? query, string field)
    {
        if (query is null) return null;
        try
        {
            DeviceQuery.Parse(query);
            return null;
        }
        catch (QueryException e)
        {
            return $"{field}: {e.Message}";
        }
    }

    /// <summary>
    /// One device of each slice, then a second of each, and so on: whatever the size of the first group, it covers as many slices as
    /// it can. Those that are offline stay behind all others. Among the first of each slice
    /// come those first that share least with the ones before them: ten devices meet every hardware
    /// class, though there are hundreds of sites with each.
    /// </summary>
    private static List<Candidate> SliceBySlice(List<Candidate> ranked)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var rounds = ranked.Select(device => (Device: device, Round: seen[device.Slice] = seen.GetValueOrDefault(device.Slice, -1) + 1))
            .OrderByDescending(static entry => entry.Device.Online).ThenBy(static entry => entry.Round).ToList();
        var firsts = rounds.TakeWhile(static entry => entry is { Round: 0, Device.Online: true }).Select(static entry => entry.Device).ToList();
        return [.. Covering(firsts), .. rounds.Skip(firsts.Count).Select(static entry => entry.Device)];
    }

    /// <summary>The same devices, the next always the first that adds most: a site or hardware class that no earlier one has counts twice as
    /// much as one that one has, and beyond two devices none is needed. One device of a kind may be the one
    /// that stands still or cannot fetch the model.</summary>
    private static IEnumerable<Candidate> Covering(List<Candidate> firsts)
    {
        var names = firsts.Select(static device => device.Slice.Split(' ')).ToList();
        var covered = new Dictionary<string, int>(StringComparer.Ordinal);
        var left = Enumerable.Range(0, firsts.Count).ToList();
        for (var pick = 0; pick < MaxCovering && left.Count > 0; pick++)
        {
            var next = left.MaxBy(Worth);
            if (Worth(next) == 0) break;
            foreach (var name in names[next]) covered[name] = covered.GetValueOrDefault(name) + 1;
            left.Remove(next);
            yield return firsts[next];
        }

        foreach (var i in left) yield return firsts[i];

        int Worth(int i) => names[i].Sum(name => Math.Max(0, 2 - covered.GetValueOrDefault(name)));
    }

    private static ulong Rank(string digest, string deviceId) =>
        BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{digest} {deviceId}")));
}
