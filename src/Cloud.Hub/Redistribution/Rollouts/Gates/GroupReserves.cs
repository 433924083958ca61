using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Pace;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Who else is told with a group that cannot clear every slice of its plan: with few of its devices online it shows one by a device
/// alone, or by none, and one device neither condemns a slice nor clears it. Pure.</summary>
/// <remarks>The group takes no more than its plan allowed to change: a reserve has the place of a device that is away or has failed.</remarks>
internal static class GroupReserves
{
    /// <summary>Devices that clear a slice.</summary>
    public const int DevicesOfSlice = 2;

    /// <summary>Devices that decide on one that may be bad: two of a few may be ill by chance.</summary>
    private const int DevicesInDoubt = 4;

    /// <summary>From these odds on a slice speaks against the model.</summary>
    public const double Doubt = 2;

    /// <summary>Part of the maximum wait after which a device without a window is no longer counted on: its machine stands still.</summary>
    private const double Patience = 1.0 / 3;

    /// <summary>A device is known once it has shown so much.</summary>
    public const double DeviceTrials = 20;

    /// <summary>Has it answered with the new digest for long enough to be known?</summary>
    public static bool HasShown(RolloutState rollout, DeviceState device) =>
        device.Judged?.Compared is { } compared && compared.Windows >= DeviceTrials * rollout.Request.Gate.WindowsPerEpisode;

    /// <summary>Called, and still to show itself; null: none is.</summary>
    public static DeviceState? Awaited(RolloutState rollout, List<DeviceState> told, FleetSeen seen) =>
        told.Find(device => device.Called is not null && !HasShown(rollout, device) && IsCountedOn(rollout, device, seen));

    /// <summary>Slices of the group's plan that fewer devices have shown than clear one.</summary>
    public static List<string> Short(RolloutState rollout, List<DeviceState> told, FleetSeen seen) =>
    [
        .. Counted(told, seen, device => HasShown(rollout, device)).Where(static slice => slice.Value < DevicesOfSlice)
            .Select(static slice => slice.Key),
    ];

    /// <param name="told">Devices of the group that were told.</param>
    /// <returns>Empty: nobody is needed, there is no room, or nobody is there.</returns>
    public static IReadOnlyList<Reserve> Find(RolloutState rollout, int index, List<DeviceState> told, FleetSeen seen)
    {
        if (!rollout.Groups[index].Tests.TryGetValue(GateLimits.AlarmRate, out var test) || !IsByNumber(rollout, index)) return [];
        var planned = told.Count(static device => device.Called is null);
        // Nor more reserves than its plan has devices: where nothing can be fetched they would fail one after the other.
        var room = Math.Min(
            planned - told.Count(device => device.Touched || CanAnswer(rollout, device, seen)), planned - (told.Count - planned));
        if (room <= 0) return [];
        var doubted = rollout.Groups[index].Tests.Values.SelectMany(static test => test.Slices).Where(static slice => slice.Wager.Odds >= Doubt)
            .Select(static slice => slice.Slice).ToHashSet(StringComparer.Ordinal);
        var missing = Counted(told, seen, device => IsCountedOn(rollout, device, seen))
            .Select(slice => (slice.Key, More: (doubted.Contains(slice.Key) ? DevicesInDoubt : DevicesOfSlice) - slice.Value))
            .Where(slice => slice.More > 0 && test.Takes(slice.Key))
            .ToDictionary(static slice => slice.Key, static slice => slice.More, StringComparer.Ordinal);
        if (missing.Count == 0) return [];
        var (open, reserves) = (new Dictionary<string, bool>(StringComparer.Ordinal), new List<Reserve>());
        // Later groups are larger: the last one misses them least.
        var left = rollout.Devices.Where(device => IsFree(rollout, index, device, seen, missing, open)).Reverse()
            .Select(device => seen.Devices[device.DeviceId]).ToList();
        while (left.Count > 0 && reserves.Count < room)
        {
            // The one that shows most of what is missing.
            var next = left.MaxBy(Worth)!;
            if (Worth(next) == 0) break;
            reserves.Add(new Reserve(next.DeviceId, next.Slices.First(slice => missing.GetValueOrDefault(slice) > 0)));
            foreach (var slice in next.Slices.Where(missing.ContainsKey)) missing[slice]--;
            left.Remove(next);
        }

        return reserves;

        int Worth(DeviceSeen device) => device.Slices.Sum(slice => Math.Max(0, missing.GetValueOrDefault(slice)));
    }

    /// <summary>It has shown itself, or will: it is there, and answers or was told only now.</summary>
    private static bool IsCountedOn(RolloutState rollout, DeviceState device, FleetSeen seen)
    {
        if (HasShown(rollout, device)) return true;
        if (!CanAnswer(rollout, device, seen)) return false;
        var group = rollout.Groups[device.Group];
        // A planned one may have to compare first.
        var since = device.Called?.At ?? group.Since + (group.ComparingTime ?? TimeSpan.Zero);
        return device.Sum is { Windows: > 0 } || seen.Now - since < Patience * rollout.Request.Gate.MaximumWait;
    }

    /// <summary>How many devices of each of the group's slices are as asked.</summary>
    private static Dictionary<string, int> Counted(List<DeviceState> told, FleetSeen seen, Func<DeviceState, bool> isCounted)
    {
        var counted = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var device in told)
        {
            if (!seen.Devices.TryGetValue(device.DeviceId, out var twin)) continue;
            var more = isCounted(device) ? 1 : 0;
            foreach (var slice in twin.Slices) counted[slice] = counted.GetValueOrDefault(slice) + more;
        }

        return counted;
    }

    /// <summary>Of a later group that it may be taken from, not told, there, of a missing slice, and its site's window is open.</summary>
    private static bool IsFree(
        RolloutState rollout, int index, DeviceState device, FleetSeen seen, Dictionary<string, int> missing, Dictionary<string, bool> open)
    {
        if (device.Told || device.Left || !device.Held || device.Group <= index || device.Group >= rollout.PlannedGroups) return false;
        if (!seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.Online || !twin.Slices.Any(missing.ContainsKey)) return false;
        if (rollout.Groups[device.Group].Manual || !IsByNumber(rollout, device.Group)) return false;
        if (!open.TryGetValue(twin.SiteId, out var isOpen))
            open[twin.SiteId] = isOpen = MaintenanceHours.IsOpen(rollout.Request.Windows, twin.SiteId, seen.Now);
        return isOpen;
    }

    /// <summary>Who is in a group of a query was said by a person, and stays so.</summary>
    private static bool IsByNumber(RolloutState rollout, int index) =>
        !rollout.Request.Groups.Any(plan => plan.Where is not null && plan.Name == rollout.Groups[index].Name);

    /// <summary>It has not failed, and is there or was lately: connections come and go.</summary>
    private static bool CanAnswer(RolloutState rollout, DeviceState device, FleetSeen seen) =>
        !device.HasEnded && seen.Devices.TryGetValue(device.DeviceId, out var twin)
        && (twin.Online || seen.Now - (twin.LastSeen ?? DateTimeOffset.MinValue) < rollout.Request.Gate.MaximumWait);
}
