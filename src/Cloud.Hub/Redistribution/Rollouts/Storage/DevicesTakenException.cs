namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>Nothing was written, since other rollouts hold devices that this one wants.</summary>
internal sealed class DevicesTakenException(IReadOnlyList<DeviceClaim> taken) : Exception(Describe(taken))
{
    public IReadOnlyList<DeviceClaim> Taken { get; } = taken;

    private static string Describe(IReadOnlyList<DeviceClaim> taken) =>
        $"in another rollout: {FirstFew.Of(taken.Select(static claim => $"{claim.DeviceId} ({claim.RolloutId})"))}";
}
