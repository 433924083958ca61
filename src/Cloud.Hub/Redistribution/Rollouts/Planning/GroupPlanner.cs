using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Targeting;

namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>Who goes first, and who stays. Pure, and the same for the same digest and fleet.</summary>
internal static class GroupPlanner
{
    private const int MaxGroups = 32;
    private const double ShareTolerance = 1e-6;
    private const double MaxControlShare = 0.5;
    private const double MaxFactor = 10;

    /// <summary>Devices picked for what they add; each looks at the first of every slice.</summary>
    private const int MaxCovering = 200;

    private const ulong Offline = 1UL << 63;

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
        var ranked = Ordered(candidates, Ranks(request.Digest, candidates));
        // Evenly over the ranking, so that the control is online and offline as the others are.
        var (control, others) = (new List<Candidate>(), new List<Candidate>(ranked.Length));
        for (var i = 0; i < ranked.Length; i++)
        {
            var isControl = Math.Round((i + 1) * request.ControlShare, MidpointRounding.AwayFromZero)
                > Math.Round(i * request.ControlShare, MidpointRounding.AwayFromZero);
            (isControl ? control : others).Add(ranked[i]);
        }

        var left = SliceBySlice(others);

        var planned = new List<(string, IReadOnlyList<string>)>();
        var total = left.Count;
        double share = 0;
        var byShare = 0;
        foreach (var group in request.Groups)
        {
            if (left.Count == 0) break;
            List<Candidate> taken;
            if (group.Where is { } where)
            {
                var query = DeviceQuery.Parse(where);
                var parts = left.ToLookup(device => query.Matches(device.Attributes));
                (taken, left) = ([.. parts[true]], [.. parts[false]]);
            }
            else
            {
                var count = left.Count;
                if (!IsRest(group) && !(group == request.Groups[^1] && group.Share is not null))
                {
                    share += group.Share ?? 0;
                    count = Math.Min(count, group.Count ?? Math.Max(1, (int)Math.Round(share * total) - byShare));
                }

                if (group.Share is not null) byShare += count;
                (taken, left) = (left[..count], left[count..]);
            }

            if (taken.Count > 0) planned.Add((group.Name, [.. taken.Select(static device => device.DeviceId)]));
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
        var (rounds, seen) = (new ulong[ranked.Count], new Dictionary<string, int>(StringComparer.Ordinal));
        for (var i = 0; i < rounds.Length; i++)
        {
            ref var round = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, ranked[i].Slice, out _);
            // Within a round as they were ranked.
            rounds[i] = ((ulong)round++ << 32) | (uint)i;
        }

        var ordered = Ordered(ranked, rounds);
        // The first online device of each slice: the one after them finds its slice gone.
        var firsts = 0;
        while (firsts < ordered.Length && ordered[firsts].Online && seen.Remove(ordered[firsts].Slice)) firsts++;
        return [.. Covering([.. ordered[..firsts]]), .. ordered[firsts..]];
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

    /// <summary>Online devices before others, and each by its rank.</summary>
    /// <param name="ranks">Below 2⁶³; the sort is done in place.</param>
    private static Candidate[] Ordered(IReadOnlyList<Candidate> devices, ulong[] ranks)
    {
        var ordered = devices.ToArray();
        for (var i = 0; i < ranks.Length; i++) ranks[i] |= ordered[i].Online ? 0 : Offline;
        Array.Sort(ranks, ordered);
        return ordered;
    }

    private static ulong[] Ranks(string digest, IReadOnlyList<Candidate> devices)
    {
        var (ranks, text, hash) = (new ulong[devices.Count], Encoding.UTF8.GetBytes($"{digest} "), new byte[SHA256.HashSizeInBytes]);
        var from = text.Length;
        for (var i = 0; i < ranks.Length; i++)
        {
            var deviceId = devices[i].DeviceId;
            if (text.Length < from + Encoding.UTF8.GetMaxByteCount(deviceId.Length))
                Array.Resize(ref text, from + Encoding.UTF8.GetMaxByteCount(deviceId.Length));
            var end = from + Encoding.UTF8.GetBytes(deviceId, text.AsSpan(from));
            SHA256.HashData(text.AsSpan(0, end), hash);
            ranks[i] = BinaryPrimitives.ReadUInt64BigEndian(hash) >> 1;
        }

        return ranks;
    }
}
