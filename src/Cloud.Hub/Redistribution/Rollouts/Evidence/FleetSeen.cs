namespace Cloud.Hub.Redistribution.Rollouts.Evidence;

/// <summary>One look at the fleet.</summary>
/// <param name="Truth">Windows of the new digest whose truth is known, by device.</param>
internal sealed record FleetSeen(DateTimeOffset Now, IReadOnlyDictionary<string, DeviceSeen> Devices, IReadOnlyDictionary<string, TruthCounts> Truth)
{
    /// <summary>The same of what each device answered with other digests.</summary>
    public IReadOnlyDictionary<string, TruthCounts> OtherTruth { get; init; } = new Dictionary<string, TruthCounts>();

    /// <summary>Digests of the registry, not in quarantine, that devices of the fleet answer with: what they can be taken back to.</summary>
    public IReadOnlySet<string> Registered { get; init; } = new HashSet<string>();

    /// <summary>The rollout's model is in quarantine.</summary>
    public bool IsQuarantined { get; init; }
}
