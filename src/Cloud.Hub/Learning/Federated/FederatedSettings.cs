namespace Cloud.Hub.Learning.Federated;

/// <summary>How a round joins what devices sent.</summary>
internal sealed record FederatedSettings
{
    public Aggregation Aggregation { get; init; } = Aggregation.TrimmedMean;

    /// <summary>Share cut from either end of each value by <see cref="Aggregation.TrimmedMean"/>: at
    /// least the share of poisoned devices to withstand.</summary>
    public double TrimShare { get; init; } = 0.2;

    /// <summary>Largest L2 norm of an update; a larger one is scaled down to it, whatever the device says it did.</summary>
    public float MaxNorm { get; init; } = 1f;

    /// <summary>Updates with a larger norm are refused instead of scaled down: no device that keeps
    /// to the rules sends them. Infinite: none is.</summary>
    public float RefusedNorm { get; init; } = float.PositiveInfinity;

    /// <summary>More than this many windows count no more: what a device says of itself must not make it the fleet.</summary>
    public int MaxWeight { get; init; } = 200;

    /// <summary>Fewer accepted updates change nothing.</summary>
    public int MinClients { get; init; } = 3;

    /// <summary>FedAdam (Reddi et al. 2021) when above 0: the server's rate. 0 adds the joined
    /// update as it is (FedAvg, McMahan et al. 2017).</summary>
    public float ServerRate { get; init; }
}
