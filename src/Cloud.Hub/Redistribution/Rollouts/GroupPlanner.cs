using System.Security.Cryptography;
using System.Text;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Who goes first. Pure, and the same for the same digest and fleet.</summary>
internal static class GroupPlanner
{
    private const int MaxGroups = 16;

    /// <summary>The first rule that a plan breaks; null when it is sound.</summary>
    public static string? Fault(IReadOnlyList<GroupPlan> groups)
    {
        if (groups.Count is 0 or > MaxGroups) return $"groups: {groups.Count} is outside 1 to {MaxGroups}";
        if (groups.FirstOrDefault(static group => !Hmas.Contracts.Ids.IsValid(group.Name)) is { } unnamed) return $"groups: '{unnamed.Name}' is no name";
        if (groups.Select(static group => group.Name).Distinct(StringComparer.Ordinal).Count() < groups.Count) return "groups: a name stands twice";
        if (groups.FirstOrDefault(static group => !(group.Share > 0)) is { } none) return $"groups: the share of '{none.Name}' is not positive";
        var sum = groups.Sum(static group => group.Share);
        return Math.Abs(sum - 1) > 1e-6 ? $"groups: the shares sum to {sum}, not to 1" : null;
    }

    /// <summary>Devices of each group, in order; a group is left out when no device is left for it.</summary>
    /// <param name="devices">Ids with whether they are online. Those online come first: a canary that is switched off proves nothing.</param>
    public static IReadOnlyList<(string Name, IReadOnlyList<string> Devices)> Plan(string digest, IReadOnlyList<GroupPlan> groups, IReadOnlyList<(string DeviceId, bool Online)> devices)
    {
        // By a hash with the digest, so that it is not always the same devices that take the risk.
        var order = devices.OrderByDescending(static device => device.Online).ThenBy(device => Rank(digest, device.DeviceId), StringComparer.Ordinal)
            .Select(static device => device.DeviceId).ToList();
        var planned = new List<(string, IReadOnlyList<string>)>();
        var taken = 0;
        var share = 0.0;
        for (var i = 0; i < groups.Count && taken < order.Count; i++)
        {
            share += groups[i].Share;
            var end = i == groups.Count - 1 ? order.Count : Math.Clamp((int)Math.Round(share * order.Count), taken + 1, order.Count);
            planned.Add((groups[i].Name, order[taken..end]));
            taken = end;
        }

        return planned;
    }

    private static string Rank(string digest, string deviceId) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{digest} {deviceId}")));
}
