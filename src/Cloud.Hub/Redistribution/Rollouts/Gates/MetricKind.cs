namespace Cloud.Hub.Redistribution.Rollouts.Gates;

internal enum MetricKind
{
    /// <summary>Held against its limit alone.</summary>
    Absolute,

    /// <summary>By how much it exceeds what devices with the old model show at the same time.</summary>
    Difference,

    /// <summary>By how much it exceeds what the model itself showed when it was made, where there is no old model to compare with.</summary>
    Promised,

    /// <summary>By how much it exceeds what the old model answers on the same windows of the same device.</summary>
    Paired,
}
