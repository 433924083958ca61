namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>Nothing was written, since other rollouts hold devices that this one wants.</summary>
internal sealed class DevicesTakenException(IReadOnlyList<DeviceClaim> taken) : Exception(Describe(taken))
{
    private const int NamedAtMost = 5;

    public IReadOnlyList<DeviceClaim> Taken { get; } = taken;

    private static string Describe(IReadOnlyList<DeviceClaim> taken) =>
        $"in another rollout: {string.Join(", ", taken.Take(NamedAtMost).Select(static claim => $"{claim.DeviceId} ({claim.RolloutId})"))}{(taken.Count > NamedAtMost ? $" and {taken.Count - NamedAtMost} more" : "")}";
}
