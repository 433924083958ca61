namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Which of several rollouts has a device: the higher priority wins, among equals the older, and none is
/// taken away in the middle of its update. Pure.</summary>
internal static class RolloutHolds
{
    /// <summary>Devices that it would take hold of now and did not hold before; empty for one that holds all it wants.</summary>
    public static IReadOnlySet<string> Wants(RolloutState? before, RolloutState rollout)
    {
        if (rollout.State is not (RolloutState.Running or RolloutState.Paused)) return new HashSet<string>();
        var wants = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            // What one that is open had put aside is free for others.
            var isAwaited = device.IsAwaited && !(device.IsControl && rollout.OpenSince is not null);
            if (isAwaited || (device.Held && !(i < before?.Devices.Count && before.Devices[i].Held))) wants.Add(device.DeviceId);
        }

        return wants;
    }

    /// <summary>Takes hold of those that nobody else has, and says for whom it waits, each time that these are others.</summary>
    /// <param name="wants">From <see cref="Wants"/>.</param>
    /// <param name="taken">Who has some of them.</param>
    public static RolloutState Take(
        RolloutState rollout, IReadOnlySet<string> wants, IReadOnlyCollection<DeviceClaim> taken, DateTimeOffset now)
    {
        if (wants.Count == 0) return rollout;
        var away = taken.Select(static claim => claim.DeviceId).ToHashSet(StringComparer.Ordinal);
        DeviceState[]? devices = null;
        for (var i = 0; i < rollout.Devices.Count; i++)
        {
            var device = rollout.Devices[i];
            if (!wants.Contains(device.DeviceId) || device.Held == !away.Contains(device.DeviceId)) continue;
            devices ??= [.. rollout.Devices];
            devices[i] = device with { Held = !device.Held };
        }

        if (devices is not null) rollout = rollout with { Devices = devices };
        var holders = taken.GroupBy(static claim => (claim.RolloutId, claim.Priority))
            .OrderBy(static holder => holder.Key.RolloutId, StringComparer.Ordinal).ToList();
        if (holders.Select(static holder => holder.Key.RolloutId).SequenceEqual(rollout.WaitsFor)) return rollout;
        rollout = rollout with { WaitsFor = [.. holders.Select(static holder => holder.Key.RolloutId)] };
        var said = FirstFew.Of(holders.Select(static holder => $"{holder.Count()} in {holder.Key.RolloutId} (priority {holder.Key.Priority})"));
        return RolloutStateMachine.To(
            rollout, rollout.State,
            holders.Count == 0 ? "every device that it waited for is free" : $"waits for {Counted.Of(away.Count, "device")} in other rollouts: {said}", now);
    }

    /// <summary>Lets those go that a rollout of higher priority wants: those not told yet, and those of which nothing is left
    /// to happen. The same state when there are none.</summary>
    public static RolloutState Yield(RolloutState rollout, IReadOnlySet<string> wanted, string to, DateTimeOffset now)
    {
        if (rollout.State is not (RolloutState.Running or RolloutState.Paused)) return rollout;
        var given = 0;
        var devices = rollout.Devices.ToArray();
        for (var i = 0; i < devices.Length; i++)
        {
            if (!devices[i].Held || (devices[i].Told && !devices[i].IsSettled) || !wanted.Contains(devices[i].DeviceId)) continue;
            devices[i] = devices[i] with { Held = false };
            given++;
        }

        return given == 0 ? rollout : RolloutStateMachine.To(
            rollout with { Devices = devices }, rollout.State, $"{Counted.Of(given, "device")} given to rollout {to}, of higher priority", now);
    }
}
